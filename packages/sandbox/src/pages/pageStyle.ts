/** The look of every page of the sandbox. Inline and on system fonts, so that the pages load nothing. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --background: light-dark(#f4f4f5, #09090b);
  --card: light-dark(#ffffff, #18181b);
  --foreground: light-dark(#18181b, #fafafa);
  --muted: light-dark(#5c5c66, #a1a1aa);
  --subtle: light-dark(#f4f4f5, #27272a);
  --border: light-dark(#e4e4e7, #3f3f46);
  --input-border: light-dark(#8c8c96, #71717a);
  --primary: light-dark(#18181b, #fafafa);
  --primary-foreground: light-dark(#fafafa, #18181b);
  --ring: light-dark(#2563eb, #60a5fa);
  --warning: light-dark(#92400e, #fbbf24);
  --warning-subtle: light-dark(#fffbeb, #2a2110);
  --success: light-dark(#166534, #4ade80);
}
* { box-sizing: border-box; }
body {
  margin: 0; min-block-size: 100dvh; padding: 16px; display: grid; place-items: center;
  font: 14px/20px system-ui, -apple-system, 'Segoe UI', sans-serif; background: var(--background); color: var(--foreground);
}
main {
  inline-size: 100%; max-inline-size: 440px; overflow: hidden; background: var(--card);
  border: 1px solid var(--border); border-radius: 16px; box-shadow: 0 8px 24px rgb(0 0 0 / 8%);
}
.notice {
  margin: 0; padding: 10px 24px; font-size: 13px; line-height: 18px;
  color: var(--warning); background: var(--warning-subtle); border-block-end: 1px solid var(--border);
}
.content { padding: 24px; display: grid; gap: 20px; }
header { display: grid; grid-template-columns: 48px 1fr; gap: 14px; align-items: center; }
.tile {
  inline-size: 48px; block-size: 48px; display: grid; place-items: center; border-radius: 11px; border: 1px solid #e4e4e7;
  background: #ffffff; color: #18181b; font-size: 22px; font-weight: 600;
}
h1 { margin: 0; font-size: 18px; line-height: 24px; font-weight: 600; text-wrap: balance; overflow-wrap: anywhere; }
header p, .hint { margin: 0; color: var(--muted); font-size: 13px; line-height: 18px; overflow-wrap: anywhere; }
form { display: grid; gap: 20px; }
fieldset { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
legend, h2 { margin: 0; padding: 0 0 8px; font-size: 13px; line-height: 18px; font-weight: 500; }
.people { display: grid; border: 1px solid var(--border); border-radius: 12px; overflow: hidden; }
.people label { display: grid; grid-template-columns: 16px 1fr auto; gap: 0 12px; padding: 8px 14px; align-items: center; cursor: pointer; }
.people label + label { border-block-start: 1px solid var(--border); }
.people label:hover, .people label:has(:checked) { background: var(--subtle); }
.people input { inline-size: 16px; block-size: 16px; margin: 0; grid-row: 1 / span 3; accent-color: var(--primary); }
.people strong { font-weight: 500; overflow-wrap: anywhere; }
@media (max-width: 420px) { .people span { grid-column: 2 / -1; } }
.people span:last-child { grid-column: 2 / -1; }
.people span { color: var(--muted); font-size: 13px; line-height: 18px; overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; display: grid; gap: 10px; }
ul:not(.plain) { max-block-size: 204px; overflow: auto; }
ul:not(.plain) li { display: grid; grid-template-columns: 16px 1fr; gap: 10px; }
ul:not(.plain) li::before { content: '✓'; color: var(--success); font-weight: 600; }
li code { display: block; color: var(--muted); font: 12px/16px ui-monospace, 'SF Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.stack { display: grid; gap: 8px; }
details { border: 1px solid var(--border); border-radius: 12px; overflow: hidden; }
summary { display: flex; justify-content: space-between; align-items: center; min-block-size: 44px; padding: 0 14px; cursor: pointer; }
summary::before { content: '›'; inline-size: 16px; color: var(--muted); font-size: 16px; }
[open] > summary::before { content: '⌄'; }
summary:hover { background: var(--subtle); }
summary h2 { flex: 1; padding: 0; font-size: 14px; }
summary > span { display: flex; gap: 10px; color: var(--muted); font-size: 13px; }
summary:focus-visible { outline-offset: -3px; border-radius: 12px; }
details ul { padding: 4px 14px 14px; }
.value { color: var(--foreground); user-select: all; }
.actions { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
a { color: inherit; }
button {
  min-block-size: 44px; padding: 0 18px; border-radius: 10px; border: 1px solid var(--input-border); cursor: pointer;
  background: transparent; color: inherit; font: inherit; font-size: 15px; font-weight: 500;
}
button:hover { background: var(--subtle); }
button.primary { background: var(--primary); border-color: var(--primary); color: var(--primary-foreground); }
button.primary:hover { background: color-mix(in oklab, var(--primary) 88%, var(--card)); }
:focus-visible { outline: 2px solid var(--ring); outline-offset: 2px; }
.people :focus-visible { outline-offset: 3px; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; }
dt { color: var(--muted); }
dd { margin: 0; font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 13px; overflow-wrap: anywhere; }
@media (forced-colors: active) { .people label:has(:checked) { outline: 2px solid Highlight; outline-offset: -2px; } }
`
