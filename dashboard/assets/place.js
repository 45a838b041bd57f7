// Runs before Streamlit does. Tells it that the server is at the root of this address, so that it
// need not try every folder of a deep link; and keeps the Back button useful: when a page only
// adds to its address what it already shows, that is not a new place to come back to.
(() => {
  "use strict";
  window.__streamlit = { BACKEND_BASE_URL: window.location.origin };

  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, unused, address) => {
    const here = new URL(window.location.href);
    const there = new URL(address ?? here.href, here);
    const onlyAdds =
      here.pathname === there.pathname &&
      [...here.searchParams].every(([name, value]) => there.searchParams.get(name) === value);
    if (onlyAdds) window.history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
})();
