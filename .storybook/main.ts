import type { StorybookConfig } from '@storybook/react-vite'
import remarkGfm from 'remark-gfm'
import { guidesPlugin } from './guides/readGuide.ts'

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['./pages/**/*.mdx', './stories/*.stories.tsx', '../packages/react/src/**/*.stories.tsx'],
  // The window of the flows, which is a provider that asks and the page that ends it, and the drawings of the documents.
  staticDirs: ['./static', { from: '../docs/images', to: '/images' }],
  addons: [
    // Tables in the pages.
    { name: '@storybook/addon-docs', options: { mdxPluginOptions: { mdxCompileOptions: { remarkPlugins: [remarkGfm] } } } },
    '@storybook/addon-a11y',
    '@storybook/addon-vitest',
  ],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (config) => ({
    ...config,
    plugins: [guidesPlugin(), ...(config.plugins ?? [])],
    // Stories show the sources, not a build that may be old.
    resolve: { ...config.resolve, conditions: ['@authpipe/source', 'module', 'browser', 'development|production'] },
    build: { ...config.build, chunkSizeWarningLimit: 2_000, rolldownOptions: { ...config.build?.rolldownOptions, checks: { moduleLevelDirective: false } } },
  }),
}

export default config
