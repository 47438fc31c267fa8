import type { StorybookConfig } from '@storybook/react-vite'

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['../packages/react/src/**/*.stories.tsx'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (config) => ({
    ...config,
    // Stories show the sources, not a build that may be old.
    resolve: { ...config.resolve, conditions: ['@authpipe/source', 'module', 'browser', 'development|production'] },
    build: { ...config.build, rolldownOptions: { ...config.build?.rolldownOptions, checks: { moduleLevelDirective: false } } },
  }),
}

export default config
