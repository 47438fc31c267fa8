import { Markdown } from '@storybook/addon-docs/blocks'
import { Fragment, type ReactNode } from 'react'

// As GitHub does, which keeps the underscores of an error's code.
const slugify = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')

interface GuideProps {
  readonly text: string
  /** Live examples, by the heading of the section that they end. */
  readonly examples?: Readonly<Record<string, ReactNode>>
}

/** A document of `docs/` as a page of Storybook. */
export const Guide = ({ text, examples = {} }: GuideProps): ReactNode =>
  text.split(/^(?=## )/m).map((section) => {
    const heading = /^## (.+)/.exec(section)?.[1] ?? ''
    return (
      <Fragment key={heading}>
        <Markdown options={{ slugify }}>{section}</Markdown>
        {examples[heading]}
      </Fragment>
    )
  })
