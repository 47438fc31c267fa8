import { Markdown } from '@storybook/addon-docs/blocks'
import type { ReactNode } from 'react'

// As GitHub does, which keeps the underscores of an error's code.
const slugify = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')

/** A document of `docs/` as a page of Storybook. */
export const Guide = ({ text }: { readonly text: string }): ReactNode => <Markdown options={{ slugify }}>{text}</Markdown>
