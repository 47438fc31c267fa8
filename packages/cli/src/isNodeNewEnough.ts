/** The oldest Node.js that Authpipe runs on. */
export const oldestNode = '22.13'

/** Whether this Node.js is new enough. */
export function isNodeNewEnough(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
