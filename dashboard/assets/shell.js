// Streamlit's own words in the reader's language, the language of the document, and a word to
// screen readers when the page changes. Only text and attributes are changed, never elements,
// so nothing that Streamlit draws is disturbed.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("arviomo-words").textContent);
  const languages = ["fi", "sv", "en"];
  const attributes = ["aria-label", "title", "data-title", "placeholder", "alt"];
  // What our own pages wrote is already in the right language.
  const ours =
    '[data-testid="stMarkdownContainer"], [data-testid="stTable"], [data-testid="stDataFrame"],' +
    ' [data-testid="stText"], [data-testid="stHtml"], script, style';
  // … but for the place to drop a file on, whose words are Streamlit's own.
  const theirs = '[data-testid="stFileUploaderDropzone"]';
  const originals = new WeakMap();
  let language = document.documentElement.lang;

  const askedLanguage = () => {
    const asked = new URLSearchParams(window.location.search).get("lang");
    return languages.includes(asked) ? asked : language;
  };

  // "3 options available." is known as "{n} options available.", "Remove a.csv" as "Remove {name}".
  const named = Object.entries(words)
    .filter(([english]) => english.includes("{name}"))
    .map(([english, known]) => [new RegExp(`^${english.replace("{name}", "(.+)")}$`), known]);

  // Pages say the same few words again and again, most of them none of Streamlit's.
  let asked = new Map();
  const inLanguage = (english) => {
    if (!asked.has(english)) {
      if (asked.size > 2000) asked = new Map();
      asked.set(english, lookedUp(english));
    }
    return asked.get(english);
  };

  const lookedUp = (english) => {
    const number = english.match(/\d+/)?.[0] ?? "";
    const known = words[english] ?? words[english.replace(/\d+/, "{n}")];
    if (known) return known[language].replace("{n}", number);
    for (const [pattern, found] of named) {
      const name = english.match(pattern)?.[1];
      if (name) return found[language].replace("{name}", () => name);
    }
    return undefined;
  };

  const translated = (holder, name, current) => {
    const shown = current.trim();
    const kept = originals.get(holder) ?? {};
    const english = kept[name]?.shown === shown ? kept[name].english : shown;
    const wanted = inLanguage(english);
    if (wanted === undefined) return current;
    kept[name] = { english, shown: wanted };
    originals.set(holder, kept);
    return current.replace(shown, wanted);
  };

  const translateText = (node) => {
    const around = node.parentElement;
    if (!around || (around.closest(ours) && !around.closest(theirs))) return;
    const wanted = translated(node, "text", node.nodeValue);
    if (wanted !== node.nodeValue) node.nodeValue = wanted;
  };

  const translateElement = (element) => {
    for (const name of attributes) {
      const current = element.getAttribute(name);
      if (!current) continue;
      const wanted = translated(element, name, current);
      if (wanted !== current) element.setAttribute(name, wanted);
    }
  };

  const translateTree = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest('[data-testid="stHtml"]')) return undefined;
    translateElement(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else translateElement(node);
    }
    return undefined;
  };

  // One polite region that says the new title after a change of page.
  const region = document.createElement("div");
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  region.id = "arviomo-announcement";
  region.style.cssText =
    "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  let announced = window.location.pathname;

  const follow = () => {
    const wanted = askedLanguage();
    if (wanted !== language) {
      language = wanted;
      asked = new Map();
      document.documentElement.lang = language;
      document.cookie = `arviomo_lang=${language};path=/;max-age=31536000;samesite=lax`;
      translateTree(document.body);
    }
    if (window.location.pathname !== announced && document.title) {
      announced = window.location.pathname;
      window.setTimeout(() => {
        region.textContent = document.title;
      }, 300);
    }
  };

  // A table wider than a phone scrolls inside itself, and so does a cell with a hash in it; the
  // keyboard must reach both to scroll them.
  const reach = (box) => {
    const scrolls = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible";
    if (scrolls && box.tabIndex < 0) box.tabIndex = 0;
    else if (!scrolls && box.getAttribute("tabindex") === "0") box.removeAttribute("tabindex");
  };
  const reachTables = () => {
    for (const table of document.querySelectorAll('[data-testid="stTable"] table')) {
      for (let box = table.parentElement; box && box.closest('[data-testid="stTable"]'); box = box.parentElement) {
        reach(box);
      }
      table.querySelectorAll('td [data-testid="stMarkdownContainer"]').forEach(reach);
    }
    document.querySelectorAll(".fold[open] .wide").forEach(reach);
  };

  // A table that would scroll sideways on a phone is read a row at a time: pages.css lays it out, by
  // the headings that are written on its cells here. Its roles are said, as a table that is laid out
  // otherwise has none of its own.
  const narrow = window.matchMedia("(max-width: 40rem)");
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TH: "columnheader", TD: "cell" };
  const stackTables = () => {
    if (!narrow.matches) return;
    for (const table of document.querySelectorAll('[data-testid="stTable"] table, .fold[open] table')) {
      if (!table.hasAttribute("data-stacked")) {
        const box = table.closest('[data-testid="stTable"], .wide');
        if (table.scrollWidth <= box.clientWidth + 1 || (table.rows[0]?.cells.length ?? 0) < 3) continue;
        table.setAttribute("data-stacked", "");
      }
      const heads = [...table.rows[0].cells].map((head) => head.textContent.trim());
      for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, th, td")]) {
        if (part.getAttribute("role") !== roles[part.tagName]) part.setAttribute("role", roles[part.tagName]);
        if (part.tagName === "TD" && part.getAttribute("data-heading") !== heads[part.cellIndex]) {
          part.setAttribute("data-heading", heads[part.cellIndex] ?? "");
        }
      }
    }
  };

  // On a phone Streamlit's list of pages holds its sections as items that are none. Without the
  // roles of a list, screen readers meet its links one after the other.
  const settleSections = () => {
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
      if (!list.querySelector(":scope > div")) continue;
      list.setAttribute("role", "group");
      for (const item of list.querySelectorAll("li")) item.setAttribute("role", "none");
    }
  };

  // Popovers lie beside the screen, not in it; they take their colour scheme from the document.
  const followScheme = () => {
    const screen = document.querySelector('[data-testid="stApp"]');
    if (screen) document.documentElement.style.colorScheme = getComputedStyle(screen).colorScheme;
  };

  // What a first visit is told is put away for later visits, too; the page cannot write a cookie.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".st-key-welcome_seen button")) {
      document.cookie = "arviomo_welcome=seen;path=/;max-age=31536000;samesite=lax";
    }
  });

  // A link inside what we draw as one piece, or in a table (there Streamlit opens a new window):
  // Streamlit is told as it is of the browser's own way back, so the visit goes on and nothing is
  // loaded anew.
  const toPages =
    'a.page, [data-testid="stTable"] a[href^="/"]:not([href^="/download/"], [href^="/s/"])';
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest(toPages) : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  });

  // A table that somebody opened stays open when its figures change.
  const unfolded = new Set();
  const nameOf = (fold) => fold.querySelector("table").getAttribute("aria-label");
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!target.matches?.("details.fold") || !target.isConnected) return;
      if (target.open) unfolded.add(nameOf(target));
      else unfolded.delete(nameOf(target));
    },
    true,
  );
  const unfold = (root) => {
    if (!unfolded.size || root.nodeType !== Node.ELEMENT_NODE) return;
    const folds = root.matches("details.fold") ? [root] : root.querySelectorAll("details.fold");
    for (const fold of folds) if (unfolded.has(nameOf(fold))) fold.open = true;
  };

  const start = () => {
    document.body.append(region);
    translateTree(document.body);
    new MutationObserver((changes) => {
      follow();
      for (const change of changes) {
        if (change.type === "characterData") translateText(change.target);
        else if (change.type === "attributes") translateElement(change.target);
        else {
          change.addedNodes.forEach(translateTree);
          change.addedNodes.forEach(unfold);
        }
      }
    }).observe(document.documentElement, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: attributes,
    });
    window.setInterval(() => {
      follow();
      followScheme();
      stackTables();
      reachTables();
      settleSections();
    }, 500);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
