/** What the tests need beside npm's packages, and where such things come from. */
export interface Tool {
  readonly name: string;
  /** As its source calls it. */
  readonly package: string;
  /** Packages of what it needs and a machine may lack. */
  readonly needs?: readonly string[];
  readonly source: ToolSource;
  /** `1.60`: the oldest that the tests work with, where the machine may have an older one. */
  readonly oldest?: string;
  /** What the source runs to learn its version: fails where the tool would. */
  readonly probe: string;
}

export interface ToolSource {
  /** Undefined where the tool is not there or cannot run. */
  versionOf(tool: Tool): string | undefined;
  /** Ends the process, with what to do about it, if it can't. */
  install(tools: readonly Tool[]): void;
}
