import type { Preview } from '@storybook/react-vite'
import { configure } from 'storybook/test'
import '../packages/react/src/styles.css'
import { MockAuthpipeProvider, type MockAuthpipeProviderProps } from '../packages/react/src/testing/index.ts'
import './preview.css'

// Room for a busy machine; nothing waits longer than it must.
configure({ asyncUtilTimeout: 10_000 })

declare module '@storybook/react-vite' {
  interface Parameters {
    /** What the mock client of a story is told. */
    authpipe?: MockAuthpipeProviderProps
  }
}

const preview: Preview = {
  tags: ['autodocs'],
  parameters: {
    layout: 'centered',
    controls: { expanded: true },
    options: { storySort: { order: ['Components', 'Hooks', 'Testing'] } },
    a11y: {
      test: 'error',
      options: { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
    },
  },
  globalTypes: {
    theme: {
      description: 'Light or dark',
      toolbar: {
        icon: 'contrast',
        items: [
          { value: 'light', title: 'Light', icon: 'sun' },
          { value: 'dark', title: 'Dark', icon: 'moon' },
        ],
        dynamicTitle: true,
      },
    },
  },
  // The reader's own; the tests run every story under both.
  initialGlobals: { theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light' },
  // An attempt that one story left pending is none of the next one's business.
  beforeEach: () => sessionStorage.clear(),
  decorators: [
    (Story, { globals, parameters, id }) => {
      document.documentElement.dataset.theme = globals.theme
      return (
        <MockAuthpipeProvider key={id} {...parameters.authpipe}>
          <Story />
        </MockAuthpipeProvider>
      )
    },
  ],
}

export default preview
