import { DocsContainer, type DocsContainerProps } from '@storybook/addon-docs/blocks'
import { useEffect, useState, type ReactNode } from 'react'
import { GLOBALS_UPDATED, SET_GLOBALS } from 'storybook/internal/core-events'
import { themes } from 'storybook/theming'

interface Told {
  readonly globals?: { readonly theme?: string }
}

/** Pages in the theme of the toolbar, as the stories are. */
export function ThemedDocs(props: DocsContainerProps): ReactNode {
  const { channel } = props.context
  const [theme, setTheme] = useState(() => {
    const told: readonly Told[] | undefined = channel.last(GLOBALS_UPDATED) ?? channel.last(SET_GLOBALS)
    return told?.[0]?.globals?.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  })
  useEffect(() => {
    const follow = ({ globals }: Told) => setTheme(globals?.theme ?? 'light')
    channel.on(GLOBALS_UPDATED, follow)
    return () => channel.off(GLOBALS_UPDATED, follow)
  }, [channel])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  return <DocsContainer {...props} theme={theme === 'dark' ? themes.dark : themes.light} />
}
