import type { Configuration } from 'electron-builder'

export type PackageTarget = 'linux' | 'mac' | 'win'
export type PackageInput = {
  target: PackageTarget
  electronVersion: string
  /** A folder with the Electron runtime; null: it is downloaded. */
  electronDist: string | null
  outputFolder: string
  /** File with the licences of everything that is inside. */
  licencesFile: string
  /** Null: this build cannot update itself, and says so. */
  updates: { url: string; publicKey: string } | null
}

/** The native code of each target: everything else of these packages is left out. */
const native: Record<PackageTarget, { sqlite: string; lance: string }> = {
  linux: { sqlite: 'linux-x64.node', lance: 'lancedb-linux-x64-gnu' },
  mac: { sqlite: 'darwin-arm64.node', lance: 'lancedb-darwin-arm64' },
  win: { sqlite: 'win32-x64.node', lance: 'lancedb-win32-x64-msvc' },
}

/** One weight of every family, and bold where `main/sandbox/invoices/typefaces.ts` has it. */
const FONT_FILES = '*-400-normal.woff|noto-sans-latin-700-normal.woff|noto-sans-latin-ext-700-normal.woff'

export function lancePackageOf(target: PackageTarget): string {
  return `@lancedb/${native[target].lance}`
}

/** What electron-builder is told, without a word about where it runs. */
export function packageConfiguration({ target, electronVersion, electronDist, outputFolder, licencesFile, updates }: PackageInput): Configuration {
  const { sqlite, lance } = native[target]
  return {
    appId: 'dev.tidemark.console',
    productName: 'Tidemark',
    copyright: 'MIT licence',
    electronVersion,
    ...(electronDist === null ? {} : { electronDist }),
    // The prebuilt binaries are Node-API: nothing is compiled, and nothing is downloaded to compile it.
    npmRebuild: false,
    nodeGypRebuild: false,
    // The runtime that needs no FUSE 2, which newer systems do not have ("0.0.0", the default, does). Its desktop entry has no `--no-sandbox`, and the
    // AppImage adds that by itself only where the system forbids Chromium's sandbox (app-builder-lib: AppImageTarget.js, appImageUtil.js).
    toolsets: { appimage: '1.0.3' },
    directories: { output: outputFolder, buildResources: 'build/icons' },
    files: [
      'package.json',
      'out/main/**',
      'out/preload/**',
      'out/renderer/**',
      '!**/*.map',
      '!**/*.{ts,mts,cts,h,gyp}',
      '!**/{test,tests,__tests__,example,examples,docs,.github}/**',
      '!**/*.{md,markdown}',
      '!node_modules/node-addon-api/**',
      // The same library once more, for pages without a bundler.
      '!node_modules/pdfkit/js/pdfkit.standalone.js',
      '!node_modules/pdfkit/.yarn/**',
      // What other hosts load of it and of the library that reads fonts; an encoder that nothing calls.
      '!node_modules/pdfkit/js/pdfkit.browser*',
      '!node_modules/fontkit/dist/browser*',
      '!node_modules/brotli/build/encode.js',
      // Of the fonts the two weights that invoices are printed with, in the one form that is read.
      '!node_modules/@fontsource/*/**/*.{css,scss,woff2}',
      `!node_modules/@fontsource/*/files/!(${FONT_FILES})`,
      // All slices once more in one file.
      '!node_modules/@fontsource/*/files/*-{chinese-simplified,korean}-*',
      '!node_modules/better-sqlite3/deps/**',
      '!node_modules/better-sqlite3/src/**',
      `!node_modules/better-sqlite3/prebuilds/!(${sqlite})`,
      `!node_modules/@lancedb/!(lancedb|${lance})/**`,
      // Licences are bundled in one file beside the program.
      '!node_modules/@lancedb/lancedb/RUST_THIRD_PARTY_LICENSES.html',
    ],
    extraResources: [{ from: licencesFile, to: 'LICENSES.dependencies.txt' }],
    asar: true,
    // LanceDB finds its binary beside its own files, and its threads map it into memory: not out of an archive.
    asarUnpack: ['**/*.node', 'node_modules/@lancedb/**'],
    extraMetadata: updates === null ? {} : { updates },
    electronFuses: {
      // Flipped fuses break the ad-hoc signature of a program that nobody signs, and macOS kills it at its start.
      resetAdHocDarwinSignature: target === 'mac',
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    protocols: [{ name: 'Tidemark', schemes: ['tidemark'] }],
    // Writes the manifests (`latest-linux.yml` …); they are published by hand, with their signatures.
    publish: updates === null ? null : [{ provider: 'generic', url: updates.url, channel: 'latest' }],
    linux: {
      target: [
        { target: 'AppImage', arch: ['x64'] },
        { target: 'deb', arch: ['x64'] },
      ],
      category: 'Office',
      executableName: 'tidemark',
      // As in package.json: a deb without them is not made.
      maintainer: 'Tidemark <maintainers@tidemark.example>',
      executableArgs: [],
      icon: 'build/icons/linux',
      syncDesktopName: true,
    },
    // Without a version: "start at sign-in" and every launcher name this file, and an update takes its place.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in.
    appImage: { artifactName: 'Tidemark-${arch}.${ext}' },
    mac: {
      target: [
        { target: 'dmg', arch: ['arm64'] },
        // The updater of macOS takes nothing else.
        { target: 'zip', arch: ['arm64'] },
      ],
      category: 'public.app-category.finance',
      icon: 'build/icons/icon.icns',
      hardenedRuntime: true,
    },
    win: { target: [{ target: 'nsis', arch: ['x64'] }], icon: 'build/icons/icon.ico' },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  }
}
