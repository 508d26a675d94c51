export function newerNode(folder: string): string | undefined;
