/** A reader whose paths begin at another root: an image or a mounted disk seen as a host. */
import type { HostReader } from './reader.ts';

export function below(host: HostReader, root: string): HostReader {
  if (root === '') return host;
  return {
    ...host,
    origin: root,
    read: (path, maxBytes) => host.read(root + path, maxBytes),
    leadingLines: (path, keep) => host.leadingLines(root + path, keep),
    list: (path) => host.list(root + path),
    readlink: (path) => host.readlink(root + path),
    stat: (path) => host.stat(root + path),
    writable: (path) => host.writable(root + path),
  };
}
