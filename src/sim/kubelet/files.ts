// Files of a container: those under a mounted volume live with the volume, all others with the container and are lost when it restarts.
// Models the lifetimes of pkg/volume (emptydir, hostpath, local, csi) and of a container's writable layer, APP-06.
// Differs: text only, no owners, modes or links; a volume made by the provisioner kubernetes.io/host-path has the same files on every
// node, as a disk on the network has; ConfigMaps, Secrets and projected volumes show no files; each place holds 64 KiB in 200 files.

import type { Memory, Reader } from '../actor.ts';
import { resolvConf } from '../dns.ts';
import type { Json, KubeObject, Pod } from '../types.ts';
import { type MachineReader, machineOf } from './machine.ts';
import { expanded, variablesOf } from './variables.ts';

/** Characters and files that one volume, or one container outside its volumes, can hold. */
const MOST_TEXT = 65_536;
const MOST_FILES = 200;
const LONGEST_PATH = 255;
const FULL = `No space left on device (${MOST_TEXT / 1024} KiB in ${MOST_FILES} files is the limit here)`;
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const HOST_PATH = 'kubernetes.io/host-path';
/** Kinds of volumes that nobody in a container can write to. */
const WRITTEN_BY_OTHERS = ['configMap', 'secret', 'projected', 'downwardAPI', 'image'];
/** Directories that every image has. */
const DIRECTORIES = ['/', '/etc', '/tmp', '/var'];

/** One running container and its surroundings. `run` tells one process of it from the next. */
export interface Home {
  readonly read: Reader;
  readonly machines: MachineReader;
  readonly node: string;
  readonly pod: Pod;
  readonly container: string;
  readonly run: string;
}
/** The same, for those who write. */
export type OwnHome = Home & { readonly machines: Memory };

/** Where files are kept: a volume or a container, and what its files are called there. Directories end with `/`. */
interface Place {
  readonly key: string;
  readonly run: string;
  readonly mountPath: string;
  readonly subPath: string;
  readonly isReadOnly: boolean;
}

interface Content {
  readonly run: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** APP-06: where the files of a PersistentVolume are, seen from a node. */
export function diskKey({ metadata, spec }: KubeObject, node: string): string {
  const { csi, hostPath, local, nfs } = spec as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  if (csi) return `disk/csi/${csi['driver']}/${csi['volumeHandle']}`;
  if (nfs) return `disk/nfs/${nfs['server']}${nfs['path']}`;
  const path = hostPath?.['path'] ?? local?.['path'];
  const isEverywhere = metadata.annotations?.[PROVISIONED_BY] === HOST_PATH;
  return path === undefined || isEverywhere ? `disk/volume/${metadata.name}` : `disk/node/${node}${path}`;
}

/** APP-06: the files of a disk that was given back to whoever made it. */
export function eraseDisk(machines: Memory, volume: KubeObject): void {
  machines.delete(diskKey(volume, ''));
}

const inPod = (uid: string, kind: 'container' | 'volume', name: string) => `files/${uid}/${kind}/${name}`;

/** Key of a volume, the run it lasts for (empty: longer than any), and whether only others write to it. */
function volumePlace(home: Home, name: string): Pick<Place, 'key' | 'run' | 'isReadOnly'> {
  const { read, pod, node } = home;
  const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
  const { claimName, readOnly = false } = volume?.persistentVolumeClaim ?? {};
  const isReadOnly = readOnly || WRITTEN_BY_OTHERS.some((kind) => volume?.[kind] !== undefined);
  if (claimName !== undefined) {
    const claim = read.get('persistentvolumeclaims', pod.metadata.namespace ?? '', claimName);
    const disk = read.get('persistentvolumes', '', claim?.spec.volumeName ?? '');
    if (disk) return { key: diskKey(disk, node), run: '', isReadOnly };
  }
  const { path } = (volume?.['hostPath'] ?? {}) as { readonly path?: string };
  if (path !== undefined) return { key: `disk/node/${node}${path}`, run: '', isReadOnly };
  const { medium } = (volume?.['emptyDir'] ?? {}) as { readonly medium?: string };
  const run = medium === 'Memory' ? `boot ${machineOf(home.machines, node).boots}` : '';
  return { key: inPod(pod.metadata.uid, 'volume', name), run, isReadOnly };
}

/** An absolute path without `.`, `..` and double slashes; programs work in `/`. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const mountsOf = ({ pod, container }: Home) => pod.spec.containers.find(({ name }) => name === container)?.volumeMounts ?? [];
const ownVariables = ({ pod, container, read }: Home) =>
  variablesOf(pod, pod.spec.containers.find(({ name }) => name === container)?.env ?? [], read);
const isWithin = (path: string, directory: string) =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`);

function placeOf(home: Home, path: string): Place {
  const mounts = mountsOf(home).map((mount) => ({ ...mount, at: normalPath(mount.mountPath) }));
  const [mount] = mounts.filter(({ at }) => isWithin(path, at)).sort((a, b) => b.at.length - a.at.length);
  if (!mount)
    return {
      key: inPod(home.pod.metadata.uid, 'container', home.container),
      run: home.run,
      mountPath: '/',
      subPath: '',
      isReadOnly: false,
    };
  const place = volumePlace(home, mount.name);
  const below = mount.subPathExpr === undefined ? mount.subPath : expanded(mount.subPathExpr, ownVariables(home));
  const subPath = below === undefined ? '' : normalPath(below);
  return { ...place, mountPath: mount.at, subPath, isReadOnly: place.isReadOnly || mount.readOnly === true };
}

function textsIn(home: Home, { key, run }: Place): Content['texts'] {
  const content = home.machines.get(key) as unknown as Content | undefined;
  return content?.run === run ? content.texts : {};
}

/** What a file is called where it is kept. */
function nameIn({ mountPath, subPath }: Place, path: string): string {
  return `${subPath}/${path.slice(mountPath === '/' ? 1 : mountPath.length + 1)}`;
}

/** Files that the kubelet writes into every container. DNS-01. */
function givenText({ pod }: Home, path: string): string | undefined {
  if (path === '/etc/resolv.conf') return resolvConf(pod.metadata.namespace ?? '');
  return path === '/etc/hostname' ? `${pod.spec.hostname ?? pod.metadata.name}\n` : undefined;
}

/** The text of a file; undefined when there is none. */
export function readFile(home: Home, path: string): string | undefined {
  const full = normalPath(path);
  const place = placeOf(home, full);
  const texts = textsIn(home, place);
  const name = nameIn(place, full);
  return Object.hasOwn(texts, name) ? texts[name] : givenText(home, full);
}

/** Names in a directory, directories with a `/` behind; null when there is no such directory. */
export function listDirectory(home: Home, path: string): readonly string[] | null {
  const full = normalPath(path);
  const front = full === '/' ? '/' : `${full}/`;
  const place = placeOf(home, full);
  const inside = nameIn(place, front);
  const own = Object.keys(textsIn(home, place)).filter((name) => name.startsWith(inside));
  const mounts = mountsOf(home).map(({ mountPath }) => `${normalPath(mountPath)}/`);
  const given = [...DIRECTORIES.map((name) => `${name}/`), '/etc/hostname', '/etc/resolv.conf', ...mounts].filter(
    (name) => name.startsWith(front) && name !== front,
  );
  const isThere = DIRECTORIES.includes(full) || mounts.some((mount) => mount.startsWith(front)) || own.length > 0;
  if (!isThere) return null;
  const names = [...own.map((name) => name.slice(inside.length)), ...given.map((name) => name.slice(front.length))]
    .map((rest) => /^[^/]*\/?/.exec(rest)?.[0] ?? '')
    .filter((name) => name !== '' && name !== '/');
  return [...new Set(names)].sort();
}

const parentOf = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const isDirectory = (home: Home, path: string): boolean => listDirectory(home, path) !== null;

function store(home: OwnHome, place: Place, texts: Content['texts']): void {
  home.machines.set(place.key, { run: place.run, texts } as unknown as Json);
}

/** Writes a file, or makes a directory (a name that ends with `/`). Returns null, or what the operating system says against it. */
export function writeFile(home: OwnHome, path: string, text: string): string | null {
  const full = normalPath(path);
  const isFolder = path.endsWith('/') && full !== '/';
  if (!isFolder && isDirectory(home, full)) return 'Is a directory';
  if (!isDirectory(home, parentOf(full))) return 'No such file or directory';
  if (isFolder && (isDirectory(home, full) || readFile(home, full) !== undefined)) return 'File exists';
  const place = placeOf(home, full);
  if (place.isReadOnly) return 'Read-only file system';
  if (full.length > LONGEST_PATH) return 'File name too long';
  const texts = { ...textsIn(home, place), [nameIn(place, full) + (isFolder ? '/' : '')]: text };
  const used = Object.values(texts).reduce((sum, each) => sum + each.length, 0);
  if (used > MOST_TEXT || Object.keys(texts).length > MOST_FILES) return FULL;
  store(home, place, texts);
  return null;
}

export const appendFile = (home: OwnHome, path: string, text: string): string | null =>
  writeFile(home, path, (readFile(home, path) ?? '') + text);

/** Removes a file, or a directory with all in it. Returns null, or what the operating system says against it. */
export function removeFile(home: OwnHome, path: string, isDeep = false): string | null {
  const full = normalPath(path);
  const place = placeOf(home, full);
  const texts = textsIn(home, place);
  const name = nameIn(place, full);
  const folder = name.endsWith('/') ? name : `${name}/`;
  const isFile = Object.hasOwn(texts, name);
  if (!isFile && !isDirectory(home, full)) return 'No such file or directory';
  if (!isFile && !isDeep) return 'Is a directory';
  if (place.isReadOnly) return 'Read-only file system';
  if (!isFile && full === place.mountPath) return 'Device or resource busy';
  store(home, place, Object.fromEntries(Object.entries(texts).filter(([key]) => key !== name && !key.startsWith(folder))));
  return null;
}
