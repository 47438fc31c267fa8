import { addons } from 'storybook/manager-api'

// Pages without a group would stand above all groups, whatever their order is.
addons.setConfig({ sidebar: { showRoots: false } })
