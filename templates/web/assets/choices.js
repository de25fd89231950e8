// The fields of a reader's choices, nicer: a box that finds topics, counts that follow the ticks,
// and the time zone of the browser. The page is complete without it.
(() => {
  "use strict";
  const groups = [...document.querySelectorAll("details.group")];

  const count = (group) => {
    const boxes = [...group.querySelectorAll("input[name=topic]")];
    const held = boxes.filter((box) => box.checked).length;
    const chip = group.querySelector(".chip");
    chip.textContent = chip.dataset.held.replace("#", held);
    chip.hidden = held === 0;
  };
  for (const group of groups) {
    group.addEventListener("change", () => count(group));
    count(group);
  }

  const filter = document.querySelector("input[data-filter]");
  if (filter) {
    const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const none = document.querySelector("[data-none]");
    const open = new Map();
    const look = () => {
      const words = plain(filter.value).split(/\s+/).filter(Boolean);
      let found = 0;
      for (const group of groups) {
        if (!open.has(group)) open.set(group, group.open);
        const heading = plain(group.querySelector("summary").textContent);
        let shown = 0;
        for (const topic of group.querySelectorAll(".topic")) {
          const text = `${heading} ${plain(topic.textContent)}`;
          topic.hidden = !words.every((word) => text.includes(word));
          shown += topic.hidden ? 0 : 1;
        }
        group.hidden = shown === 0;
        group.open = words.length ? shown > 0 : open.get(group);
        found += shown;
      }
      if (!words.length) open.clear();
      none.hidden = found > 0;
    };
    filter.closest("[hidden]").hidden = false;
    filter.addEventListener("input", look);
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it looks for topics, and sends nothing
    });
  }

  // matches come while somebody types, where htmx is at hand
  for (const button of document.querySelectorAll("[data-plain]")) button.hidden = "htmx" in window;

  const zones = document.querySelector("select[data-zone=guess]");
  const here = zones && Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here && (here.includes("/") || here === "UTC")) {
    if (![...zones.options].some((option) => option.value === here)) zones.add(new Option(here));
    zones.value = here;
  }
})();
