/** A running server, which can be stopped and started again as a fault. */
export interface PostgresServer {
    /** Of the database `postgres`, as its superuser. */
    readonly url: string;
    /** Where its data is. */
    readonly directory: string;
    /** Stops it: `immediate` as a crash would, without a word to anybody. */
    stop(mode?: 'fast' | 'immediate'): Promise<void>;
    start(): Promise<void>;
    /** Stops it and removes its data. */
    close(): Promise<void>;
}
export interface PostgresServerOptions {
    /**
     * Whether commits reach the disk, as they do in production: for benches and faults. Tests of behaviour are quicker without.
     * @defaultValue `false`
     */
    readonly isDurable?: boolean;
    /** More settings, such as `max_connections`. */
    readonly settings?: Readonly<Record<string, string | number>>;
}
/** @throws {Error} saying what is missing where this machine cannot run it */
export declare function startPostgres({ isDurable, settings }?: PostgresServerOptions): Promise<PostgresServer>;
