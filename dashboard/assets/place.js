// Runs before Streamlit does. Tells it that the server is at the root of this address, so that it
// need not try every folder of a deep link; and keeps the Back button useful: one step back is
// the view before, not a half-written address.
(() => {
  "use strict";
  window.__streamlit = { BACKEND_BASE_URL: window.location.origin };

  const soon = 2000;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  let rewrittenAt = -soon;

  // A page that only adds to its address what it already shows is the same view.
  const onlyAdds = (here, there) =>
    here.pathname === there.pathname &&
    [...here.searchParams].every(([name, value]) => there.searchParams.get(name) === value);

  // On a change of page Streamlit first writes the new page's selections after the old page's
  // name and then the name: together they are one step.
  const completes = (here, there) =>
    here.pathname !== there.pathname &&
    here.search === there.search &&
    performance.now() - rewrittenAt < soon;

  window.history.pushState = (state, unused, address) => {
    const here = new URL(window.location.href);
    const there = new URL(address ?? here.href, here);
    if (onlyAdds(here, there) || completes(here, there)) {
      replace(state, unused, address);
      return;
    }
    if (here.pathname === there.pathname) rewrittenAt = performance.now();
    push(state, unused, address);
  };
})();
