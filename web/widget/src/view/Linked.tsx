import { pieces } from '../page/links';

/** Text of somebody, as text, with its addresses to click on. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.href === undefined ? piece.text : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">{piece.text}</a>
        ),
      )}
    </>
  );
}
