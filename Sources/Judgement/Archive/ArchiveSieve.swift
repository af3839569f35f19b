/// Judges a tar stream while it passes, and writes it anew in one spelling.
///
/// Bytes come in as they arrive, canonical bytes go out; content passes through without being kept,
/// but for the few files that must be understood. The end of the archive is written only by
/// `finish(adding:)`: until everything is judged, what the engine has is no complete archive.
package struct ArchiveSieve: Sendable {
    /// What an archive is for, which says what it may hold.
    package enum Purpose: Hashable, Sendable {
        /// `PUT /containers/ID/archive`, the inside of a container.
        case copyIn(devices: Bool)
        /// `POST /images/create?fromSrc=-`, the root of an image.
        case importRoot(devices: Bool)
        /// `POST /build`, with the Dockerfile's path as the client gave it; empty is the default.
        case buildContext(dockerfile: String)
        /// `POST /images/load`, images as `docker save` writes them.
        case load
    }

    private enum Phase {
        case receiving
        case ended
        case finished
    }

    private let allowsDevices: Bool
    private var reader: TarReader
    private var context: BuildContext?
    private var images: ImageFiles?
    /// Files that are left out: what is in them is written anew at the end.
    private let heldBack: Set<[UInt8]>
    private var entry = TarEntry(.directory, [])
    private var isHeldBack = false
    private var phase = Phase.receiving
    private var failure: ArchiveRefusal?

    /// Makes a sieve for one archive.
    ///
    /// - Parameters:
    ///   - purpose: What it is for.
    ///   - limits: What it may hold.
    ///   - heldBack: The names of files that are left out, and given to `finish(adding:)` anew.
    package init(
        _ purpose: Purpose, limits: ArchiveLimits = ArchiveLimits(), heldBack: [String] = []
    ) {
        self.heldBack = Set(heldBack.map { Array($0.utf8) })
        reader = TarReader(limits: limits)
        switch purpose {
        case .copyIn(let devices), .importRoot(let devices): allowsDevices = devices
        case .buildContext(let dockerfile):
            allowsDevices = false
            context = BuildContext(dockerfile: dockerfile, limits: limits)
        case .load:
            allowsDevices = false
            images = ImageFiles(limits: limits)
        }
    }

    /// The Dockerfile of a build context, once the input has ended.
    package var dockerfile: FoundFile? { hasEnded ? context?.dockerfile : nil }

    /// The `.dockerignore` at a build context's root, once the input has ended.
    package var dockerignore: FoundFile? { hasEnded ? context?.dockerignore : nil }

    /// What an archive of images holds, once the input has ended.
    package var imageFiles: ImageFiles? { hasEnded ? images : nil }

    /// Judges the next bytes.
    ///
    /// - Parameter bytes: Bytes of the archive, cut anywhere.
    /// - Returns: Canonical bytes to send on.
    /// - Throws: `ArchiveRefusal`, and the same again for whatever comes later.
    package mutating func receive(
        _ bytes: ArraySlice<UInt8>
    ) throws(ArchiveRefusal) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + TarHeader.size)
        try receive(bytes, appendingTo: &output)
        return output
    }

    /// Judges the next bytes and appends canonical bytes to send on.
    ///
    /// - Throws: `ArchiveRefusal`, and the same again for whatever comes later.
    package mutating func receive(
        _ bytes: ArraySlice<UInt8>, appendingTo output: inout [UInt8]
    ) throws(ArchiveRefusal) {
        if let failure { throw failure }
        do throws(ArchiveRefusal) {
            guard !hasEnded else { throw ArchiveRefusal(.format, "goes on after its end") }
            var offset = bytes.startIndex
            while true {
                switch try reader.step(bytes, at: &offset) {
                case .needsMore: return
                case .entry(let entry): try begin(entry, &output)
                case .content(let range): pass(bytes[range], &output)
                case .entryEnd: try end(&output)
                }
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Judges what can be judged only when everything has come.
    ///
    /// - Throws: `ArchiveRefusal`, for an archive that is cut off, or lacks what it needs.
    package mutating func inputEnded() throws(ArchiveRefusal) {
        if let failure { throw failure }
        do throws(ArchiveRefusal) {
            try reader.inputEnded()
            try context?.inputEnded()
            try images?.inputEnded()
            phase = .ended
        } catch {
            failure = error
            throw error
        }
    }

    /// Writes the last files and the archive's end.
    ///
    /// A `.dockerignore` that was held back is written as it came unless one is added: the engine
    /// reads it once everything is unpacked, so its place in the archive says nothing, and the caller
    /// can send a changed one.
    ///
    /// - Parameter files: Regular files to add, which the archive has not named.
    /// - Returns: Canonical bytes to send on; nothing when the archive was not accepted.
    package mutating func finish(
        adding files: [(name: String, content: [UInt8])] = []
    ) -> [UInt8] {
        guard phase == .ended, failure == nil else { return [] }
        phase = .finished
        var output: [UInt8] = []
        for (name, content) in files { Self.append(Array(name.utf8), content, to: &output) }
        if let held = context?.dockerignore, !files.contains(where: { $0.name == held.name }) {
            Self.append(Array(held.name.utf8), held.content, to: &output)
        }
        TarWriter.appendEnd(to: &output)
        return output
    }

    private static func append(_ name: [UInt8], _ content: [UInt8], to output: inout [UInt8]) {
        var entry = TarEntry(.file, name)
        entry.size = content.count
        TarWriter.append(entry, to: &output)
        output += content
        TarWriter.appendPadding(after: content.count, to: &output)
    }

    private var hasEnded: Bool { phase != .receiving }

    private mutating func begin(
        _ raw: TarEntry, _ output: inout [UInt8]
    ) throws(ArchiveRefusal) {
        entry = try Self.canonical(raw)
        if entry.kind == .characterDevice || entry.kind == .blockDevice, !allowsDevices {
            throw ArchiveRefusal(
                .type, entry.name, "is a device; only files, directories and links are accepted")
        }
        isHeldBack = try context?.begin(entry) == .hold
        if entry.kind == .file, heldBack.contains(entry.name) { isHeldBack = true }
        try images?.begin(entry)
        guard !isHeldBack else { return }
        var written = entry
        if entry.kind == .directory {
            written.name += [UInt8(ascii: "/")]
            if entry.name.isEmpty { written.name = Array("./".utf8) }
        }
        TarWriter.append(written, to: &output)
    }

    private mutating func pass(_ content: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        context?.receive(content)
        images?.receive(content)
        if !isHeldBack { output += content }
    }

    private mutating func end(_ output: inout [UInt8]) throws(ArchiveRefusal) {
        context?.end()
        try images?.end()
        if !isHeldBack { TarWriter.appendPadding(after: entry.size, to: &output) }
    }

    /// An entry with clean names; the root's is empty, and no name ends with a slash.
    private static func canonical(_ raw: TarEntry) throws(ArchiveRefusal) -> TarEntry {
        var entry = raw
        entry.name = try clean(raw.name, of: raw)
        if entry.kind != .directory {
            guard !entry.name.isEmpty, raw.name.last != UInt8(ascii: "/") else {
                throw ArchiveRefusal(
                    .name, raw.name, "is named like a directory, and is something else")
            }
        }
        guard !raw.name.isEmpty else {
            throw ArchiveRefusal(.name, raw.name, "has no name")
        }
        switch entry.kind {
        case .hardLink:
            entry.linkName = try clean(raw.linkName, of: raw)
            guard !entry.linkName.isEmpty else {
                throw ArchiveRefusal(.link, raw.name, "is a hard link to nothing")
            }
        case .symbolicLink:
            guard !raw.linkName.isEmpty else {
                throw ArchiveRefusal(.link, raw.name, "is a symbolic link to nothing")
            }
        case .file, .directory, .characterDevice, .blockDevice, .pipe: break
        }
        // The kernel's overlay file system keeps its own notes in these.
        guard !entry.attributes.contains(where: { $0.name.starts(with: "trusted.".utf8) }) else {
            throw ArchiveRefusal(
                .attribute, raw.name,
                "has a trusted.* attribute; user.*, security.* and system.* are accepted")
        }
        return entry
    }

    private static func clean(
        _ name: [UInt8], of entry: TarEntry
    ) throws(ArchiveRefusal) -> [UInt8] {
        do {
            return try EntryName.clean(name)
        } catch {
            switch error {
            case .climbs:
                throw ArchiveRefusal(
                    name == entry.name ? .name : .link, entry.name,
                    "has a .. in its name or target; names inside the archive are accepted")
            }
        }
    }
}

/// A file whose content was read while it passed.
package struct FoundFile: Hashable, Sendable {
    /// Its clean name.
    package let name: String
    /// Its content.
    package let content: [UInt8]

    /// Makes a file.
    package init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}
