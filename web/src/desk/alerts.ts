import { speech } from '../messages/speech.svelte';
import type { Preferences } from './preferences.svelte';
import type { Sounds } from './sounds';

/** What the user is told of while looking elsewhere. */
export type Occasion = 'newClient' | 'newMessage' | 'incoming';

/** What keeps a browser notification or a sound from reaching the user. */
export type Obstacle = 'unsupported' | 'insecure' | 'denied' | 'undecided' | 'silent' | 'off';

/** Sounds and browser notifications. */
export class Alerts {
  constructor(
    private readonly preferences: Preferences,
    private readonly sounds: Sounds,
  ) {}

  /** Tells of something, unless the user is looking at the page. */
  tell(occasion: Occasion, title: string, body: string): void {
    if (!isWatched()) this.tellAnyway(occasion, title, body);
  }

  /** The same of what is not to be seen though the page is; `open` shows it. */
  tellAnyway(occasion: Occasion, title: string, body: string, open: () => void = () => {}): void {
    const wanted = this.preferences.value[occasion];
    // An incoming call rings anyway.
    if (wanted.sound && occasion !== 'incoming') this.sounds.chime();
    if (wanted.browser && browserObstacle() === null) show(occasion, title, body, open);
  }

  /** Tries it all out, and says what is missing. */
  async test(occasion: Occasion): Promise<Obstacle[]> {
    const wanted = this.preferences.value[occasion];
    const missing: Obstacle[] = [];
    this.sounds.chime();
    if (!wanted.sound) missing.push('off');
    else if (this.sounds.silent) missing.push('silent');
    if (!wanted.browser) return [...new Set<Obstacle>([...missing, 'off'])];
    if (browserObstacle() === 'undecided') await Notification.requestPermission();
    const obstacle = browserObstacle();
    if (obstacle !== null) return [...missing, obstacle];
    show(occasion, speech.m.settings.testTitle, speech.m.settings.testBody);
    return missing;
  }
}

/** Whether the user is looking at the page. */
export function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/** What is missing for browser notifications. */
export function browserObstacle(): Obstacle | null {
  if (!('Notification' in globalThis)) return 'unsupported';
  if (!isSecureContext) return 'insecure';
  if (Notification.permission === 'denied') return 'denied';
  return Notification.permission === 'granted' ? null : 'undecided';
}

function show(occasion: Occasion, title: string, body: string, open: () => void = () => {}): void {
  // One note an occasion: the newer takes the older one's place.
  const note = new Notification(title, { body, tag: `hovor.${occasion}`, icon: '/favicon.svg' });
  note.onclick = () => {
    window.focus();
    open();
    note.close();
  };
}
