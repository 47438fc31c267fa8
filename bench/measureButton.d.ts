export interface ButtonSize {
    /** Bytes that a page loads for its ConnectButton, minified and gzipped: what its first paint and a click need. */
    readonly code: number;
    /** The same with all that comes later: what follows the first paint and an attempt, the note, and the dialog for keys. */
    readonly all: number;
    /** Bytes of the style sheet, gzipped. */
    readonly styles: number;
}
/** What a page pays for `import { ConnectButton }`, core included and React and TanStack Query left out, since the app has them. */
export declare function measureButton(): Promise<ButtonSize>;
export interface Bundle {
    readonly code: string;
    /** Bytes, minified and gzipped. */
    readonly gzipped: number;
    /** Paths of the modules of which something is in it. */
    readonly modules: readonly string[];
}
/**
 * Bundles a module against the built packages as an app does, without React and TanStack Query.
 *
 * @param options - `later`: whether what is loaded by `import()` counts too; default `false`
 */
export declare function bundle(source: string, { later }?: {
    readonly later?: boolean;
}): Promise<Bundle>;
