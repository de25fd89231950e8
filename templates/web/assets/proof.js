// Sets up Altcha's widget: where its sums are done, and its words in the language of the page.
const proof = document.querySelector(".proof");
const words = JSON.parse(proof.dataset.words);
globalThis.$altcha.i18n.set(document.documentElement.lang, {
  ...globalThis.$altcha.i18n.get("en"),
  ...words,
});
globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(proof.dataset.worker));
