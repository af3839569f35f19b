import CLinux
import Glibc

/// Tells files of a container's image from those that the container has changed, by the writable
/// layer of its overlay filesystem as the host sees it.
///
/// Whatever a container writes, replaces, renames or removes appears in that layer, and nothing inside
/// can take it out again: a name that is not there is the image's.
package struct ImageLayers: Hashable, Sendable {
    /// The writable layer's folder on the host.
    package let upper: String

    /// Finds the writable layer.
    ///
    /// - Parameter mounts: What the container sees mounted.
    /// - Throws: `Refusal` when its root is no overlay, or the layer is not found on this host.
    package init(_ mounts: MountTable) throws {
        guard let root = mounts.mount(at: "/"), root.type == "overlay" else {
            throw Refusal(
                "image.storage",
                "the container's own files cannot be told from its image's with this storage driver"
            )
        }
        guard let upper = root.superOption("upperdir") else {
            throw Refusal("image.storage", "the container's root has no writable layer")
        }
        try self.init(upper: Self.unescaped(upper))
    }

    /// Takes a folder as the writable layer.
    ///
    /// - Throws: `Refusal` when there is no such folder.
    package init(upper: String) throws {
        guard upper.hasPrefix("/"), let folder = OwnedDescriptor(upper, LINUX_O_PATH | O_DIRECTORY)
        else {
            throw Refusal(
                "image.storage", "the container's writable layer is not found on this host")
        }
        _ = folder.number
        self.upper = upper
    }

    /// Why a file is not the image's; nil when it is.
    ///
    /// - Parameter path: The file's path in the container, without links.
    /// - Returns: The refusal, or nil.
    package func change(at path: String) -> Refusal? {
        guard var folder = OwnedDescriptor(upper, O_RDONLY | O_DIRECTORY) else {
            return Refusal("image.storage", "the container's writable layer cannot be read")
        }
        let changed = Refusal(
            "image.changed", "\(path) is not the image's: the container has changed or replaced it")
        for name in path.split(separator: "/").map(String.init) {
            var status = stat()
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                return errno == ENOENT ? nil : changed
            }
            guard status.st_mode & S_IFMT == S_IFDIR,
                let next = OwnedDescriptor(
                    name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, in: folder.number),
                !Self.hidesImage(next.number)
            else { return changed }
            folder = next
        }
        return changed
    }

    /// Why programs may load other libraries than the image's; nil when they do not.
    ///
    /// Programs load libraries by names that the container may hold: any that it has written below
    /// the usual folders counts.
    package func libraryChange() -> Refusal? {
        for path in ["/etc/ld.so.preload", "/etc/ld.so.cache", "/etc/ld-musl-x86_64.path"] {
            if let change = change(at: path) { return change }
        }
        var left = 4096
        for folder in ["lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib"] {
            guard
                let opened = OwnedDescriptor(
                    "\(upper)/\(folder)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            else {
                if errno == ENOENT { continue }
                return Refusal("image.changed", "/\(folder) is not the image's")
            }
            if let name = Self.library(in: opened, &left) {
                return Refusal(
                    "image.changed",
                    "the container has changed libraries that programs load: \(name) below /\(folder)"
                )
            }
        }
        return nil
    }

    /// The first name that may be a library's, or a folder that hides the image's.
    private static func library(in folder: borrowing OwnedDescriptor, _ left: inout Int) -> String?
    {
        if hidesImage(folder.number) { return "a folder that hides the image's" }
        guard let names = FolderNames.all(of: folder.number, limit: left) else {
            return "more than can be looked at"
        }
        left -= names.count
        for entry in names {
            guard left > 0 else { return "more than can be looked at" }
            if let next = OwnedDescriptor(
                entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, in: folder.number)
            {
                if let found = library(in: next, &left) { return found }
            } else if isLibrary(entry.bytes) {
                return entry.name
            }
        }
        return nil
    }

    /// True for `libc.so.6`, and for whatever else has `.so` in its name.
    private static func isLibrary(_ name: [UInt8]) -> Bool {
        name.indices.contains { name[$0...].starts(with: ".so".utf8) }
    }

    /// True for a folder that stands in the place of the image's, or of another name's
    /// (Documentation/filesystems/overlayfs.rst).
    private static func hidesImage(_ folder: Int32) -> Bool {
        ["trusted", "user"].contains { space in
            ["opaque", "redirect"].contains { name in
                fgetxattr(folder, "\(space).overlay.\(name)", nil, 0) >= 0
            }
        }
    }

    /// overlayfs escapes colons, commas and backslashes in its options.
    private static func unescaped(_ path: String) -> String {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in path.utf8 {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
