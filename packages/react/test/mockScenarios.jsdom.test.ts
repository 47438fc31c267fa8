// @vitest-environment jsdom
import { mockScenarioSuite } from './mockScenarios.tsx'

mockScenarioSuite()
