import { describe, expect, it } from 'vitest'
import { Html, html } from './html.ts'

describe('html', () => {
  // PU-1
  it.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['"onmouseover="alert(1)', '&quot;onmouseover=&quot;alert(1)'],
    ["' autofocus onfocus='alert(1)", '&#39; autofocus onfocus=&#39;alert(1)'],
    ['&lt;', '&amp;lt;'],
    ['</script><script>alert(1)</script>', '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['-->', '--&gt;'],
  ])('escapes %j', (text, escaped) => {
    expect(html`<p title="${text}">${text}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`)
  })

  it('escapes text once, however deep it stands', () => {
    expect(html`<ul>${[html`<li>${'<'}</li>`, html`<li>${'&'}</li>`]}</ul>`.text).toBe('<ul><li>&lt;</li><li>&amp;</li></ul>')
  })

  it('puts HTML of its own in as it is', () => {
    expect(html`<p>${new Html('<b>1</b>')}${html`<i>2</i>`}</p>`.text).toBe('<p><b>1</b><i>2</i></p>')
  })

  it('expands no template of another language', () => {
    expect(html`<p>${'{{7*7}} ${7*7} <%= 7 %> $& $1'}</p>`.text).toBe('<p>{{7*7}} ${7*7} &lt;%= 7 %&gt; $&amp; $1</p>')
  })
})
