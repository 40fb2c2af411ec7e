export interface SourceEntry {
  uris: string[];
  suites: string[];
  components: string[];
}
/** Entries of a one-line-style list (sources.list(5)). */
export function parseListFile(text: string): SourceEntry[];
/** Entries of a deb822-style `.sources` file; disabled stanzas are left out. */
export function parseSourcesFile(text: string): SourceEntry[];
/** The URI of the Debian archive that apt is configured with. Throws when there is none. */
export function findMirror(aptFolder?: string, osRelease?: string): string;
