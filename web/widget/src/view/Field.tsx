import type { Words } from '../words/en';
import { Icon } from './Icon';
import { Linked } from './Linked';

interface FieldProps {
  readonly name: 'name' | 'email' | 'phone';
  readonly type: 'text' | 'email' | 'tel';
  /** What the browser may fill in by itself. */
  readonly fill: 'name' | 'email' | 'tel';
  readonly first: boolean;
  readonly required: boolean;
  readonly fault: 'missing' | 'wrong' | undefined;
  readonly words: Words['form'];
}

export function Field({ name, type, fill, first, required, fault, words }: FieldProps) {
  const wrong = name === 'email' ? words.wrongEmail : words.wrongPhone;
  return (
    <div class="field">
      <label for={name}>
        {words[name]} {!required && <span class="soft">({words.optional})</span>}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        autoComplete={fill}
        list={undefined}
        maxLength={200}
        required={required}
        pattern={type === 'tel' ? '\\s*\\+?[\\d\\s\\-\\/\\(\\).]{3,}' : undefined}
        data-first={first ? '' : undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault && `${name}-fault`}
      />
      {fault && <Fault id={`${name}-fault`} text={fault === 'missing' ? words.missing : wrong} />}
    </div>
  );
}

interface ConsentProps {
  readonly text: string;
  readonly first: boolean;
  readonly fault: 'missing' | 'wrong' | undefined;
  readonly words: Words['form'];
}

export function Consent({ text, first, fault, words }: ConsentProps) {
  return (
    <div class="field">
      <p class="consent" id="consent-text"><Linked text={text} /></p>
      <label class="check">
        <input
          name="consent"
          type="checkbox"
          required
          data-first={first ? '' : undefined}
          aria-invalid={fault !== undefined}
          aria-describedby={fault ? 'consent-fault consent-text' : 'consent-text'}
        />
        {words.agree}
      </label>
      {fault && <Fault id="consent-fault" text={words.mustAgree} />}
    </div>
  );
}

export function Fault({ id, text }: { id: string; text: string }) {
  return (
    <p class="fault" id={id}>
      <Icon name="failed" /> {text}
    </p>
  );
}
