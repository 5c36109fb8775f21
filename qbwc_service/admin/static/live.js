/* Keeps the live parts of a page out of a person's way, and a second click out of ours.
   A live part is an element that htmx asks for again (hx-trigger="every 10s"). Without JavaScript the
   page stays as it was loaded, and the server takes care of the second click. */
"use strict";
(() => {
  const FIRST_PAUSE_MS = 10_000;
  const LONGEST_PAUSE_MS = 160_000;
  let failures = 0;
  let silentUntil = 0;

  const controls = (part) => [...part.querySelectorAll("input, select, textarea")];

  const isChanged = (control) => {
    if (control.type === "hidden") return false;
    if (control.type === "checkbox" || control.type === "radio") {
      return control.checked !== control.defaultChecked;
    }
    if (control instanceof HTMLSelectElement) {
      const first = [...control.options].findIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(first, 0);
    }
    return control.value !== control.defaultValue;
  };

  /** Somebody types, has chosen something that is not sent yet, or marks words to copy them. */
  const isInUse = (part) => {
    const marked = document.getSelection();
    return (
      controls(part).some((control) => control === document.activeElement || isChanged(control)) ||
      (!marked.isCollapsed && part.contains(marked.anchorNode))
    );
  };

  /** What a link, button or summary is called on the old page and on the new one. */
  const likeness = (element) =>
    [element.tagName, element.id, element.getAttribute("href"), element.name, element.value,
      element.form?.getAttribute("action"), element.textContent.trim()].join("|");

  const say = (id) => {
    for (const notice of document.querySelectorAll("#live-notices > p")) {
      notice.hidden = notice.id !== id;
    }
  };

  const isLive = (event) => event.detail.elt.getAttribute?.("hx-trigger")?.startsWith("every");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLive(event) && (document.hidden || Date.now() < silentUntil)) event.preventDefault();
  });

  const failed = (event) => {
    if (!isLive(event)) return;
    silentUntil = Date.now() + Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    failures += 1;
    say("live-no-answer");
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, failed);
  }

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    if (!isLive(event)) return;
    if (xhr.status < 400) {
      failures = 0;
      say("");
    } else if (xhr.getResponseHeader("HX-Redirect") && controls(document).some(isChanged)) {
      // Whoever was signed out while typing may still copy what was typed.
      event.preventDefault();
      silentUntil = Infinity;
      say("live-signed-out");
    }
  });

  // Scripts that are deferred run when the whole page is there.
  document.querySelector('main [aria-invalid="true"]')?.focus();

  // A second click on its way: the first one's answer is the one that will be shown.
  const SENT_MS = 3_000;
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (Date.now() - (sent.get(event.target) ?? -SENT_MS) < SENT_MS) event.preventDefault();
    else sent.set(event.target, Date.now());
  });

  // "Back" may show the page as it was left, with what was done since then undone to the eye.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !controls(document).some(isChanged)) location.reload();
  });

  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (!isLive(event) || !event.detail.shouldSwap) return;
    if (event.detail.elt.getAttribute("hx-swap") === "none") return;
    if (isInUse(part)) {
      event.detail.shouldSwap = false;
      return;
    }
    kept = {
      focus: part.contains(document.activeElement) ? likeness(document.activeElement) : null,
      open: [...part.querySelectorAll("details[open] > summary")].map(likeness),
    };
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.target;
    if (kept === null || !part.querySelectorAll) return;
    const { focus, open } = kept;
    kept = null;
    for (const summary of part.querySelectorAll("details > summary")) {
      if (open.includes(likeness(summary))) summary.parentElement.open = true;
    }
    if (focus === null || part.contains(document.activeElement)) return;
    const same = [...part.querySelectorAll("a, button, summary, [tabindex]")];
    same.find((element) => likeness(element) === focus)?.focus({ preventScroll: true });
  });
})();
