const LOOK_AT_PAGE = 1_000;

/** Says whenever the client is at another page of a site that does not load them anew. */
export function onWalk(walked: () => void, signal: AbortSignal): void {
  let page = location.href + document.title;
  const look = () => {
    const now = location.href + document.title;
    if (now !== page) walked();
    page = now;
  };
  addEventListener('popstate', look, { signal });
  const looking = setInterval(look, LOOK_AT_PAGE);
  signal.addEventListener('abort', () => clearInterval(looking));
}
