export declare function nodeFlags(cores?: number): string[]
