/// What an archive of images holds: names, links, and the documents that say what the images are.
///
/// Engines read such archives in several ways (one unpacks it and follows links, one goes through it
/// once and stores every file by its digest), so nothing may depend on the order: every name stands
/// once, and nothing lies beneath a link or a file.
package struct ImageFiles: Sendable {
    /// The regular files that could be JSON (small, and the first byte that is no blank begins an
    /// object or a list), by name.
    package private(set) var documents: [String: [UInt8]] = [:]
    /// Every entry's kind, by its clean name of printable ASCII.
    package private(set) var kinds: [String: TarEntry.Kind] = [:]

    private enum Reading: Hashable {
        case nothing
        case beginning(String)
        case document(String)
    }

    private let limits: ArchiveLimits
    private var hardLinks: [(name: String, target: [UInt8])] = []
    private var reading = Reading.nothing
    private var content: [UInt8] = []
    private var remembered = 0
    private var collected = 0

    /// Makes the judge of one archive.
    init(limits: ArchiveLimits) {
        self.limits = limits
    }

    /// The names of all symbolic and hard links.
    package var links: Set<String> {
        Set(kinds.filter { $0.value == .symbolicLink || $0.value == .hardLink }.keys)
    }

    /// The names of all regular files.
    package var files: Set<String> { Set(kinds.filter { $0.value == .file }.keys) }

    /// Judges an entry with a clean name.
    ///
    /// - Throws: `ArchiveRefusal` for a name that stands twice or is no plain text, a kind that no
    ///   engine writes, a link that leads out of the archive.
    mutating func begin(_ entry: TarEntry) throws(ArchiveRefusal) {
        reading = .nothing
        // The root's own entry says nothing, however often.
        guard !entry.name.isEmpty else { return }
        guard EntryName.isPrintable(entry.name) else {
            throw ArchiveRefusal(
                .name, entry.name, "has a name beyond printable ASCII, which no engine writes")
        }
        let name = String(decoding: entry.name, as: UTF8.self)
        remembered += entry.name.count + entry.linkName.count + ArchiveLimits.namePrice
        guard remembered <= limits.rememberedBytes else {
            throw ArchiveRefusal(.size, "has too many entries for an archive of images")
        }
        guard kinds.updateValue(entry.kind, forKey: name) == nil else {
            throw ArchiveRefusal(.twice, entry.name, "stands twice; every name may stand once")
        }
        switch entry.kind {
        case .file: if entry.size <= limits.fileBytes { reading = .beginning(name) }
        case .symbolicLink: try judgeTarget(of: entry)
        case .hardLink: hardLinks.append((name, entry.linkName))
        case .directory: break
        case .characterDevice, .blockDevice, .pipe:
            throw ArchiveRefusal(
                .type, entry.name, "is a device or a pipe; no engine writes those with images")
        }
    }

    /// Takes content of the entry that began last, if it could be a document.
    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        switch reading {
        case .nothing: break
        case .document: content += bytes
        case .beginning(let name):
            content += bytes
            guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) })
            else { return }
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                reading = .document(name)
            } else {
                reading = .nothing
                content.removeAll()
            }
        }
    }

    /// Ends the entry that began last.
    ///
    /// - Throws: `archive.size` when there are too many documents.
    mutating func end() throws(ArchiveRefusal) {
        defer {
            reading = .nothing
            content = []
        }
        guard case .document(let name) = reading else { return }
        collected += content.count
        guard collected <= limits.collectedBytes else {
            throw ArchiveRefusal(
                .size, "has more than \(limits.collectedBytes) bytes of documents")
        }
        documents[name] = content
    }

    /// Judges what lies in what.
    ///
    /// - Throws: `archive.link` for an entry beneath something that is no directory, or a hard link
    ///   to something that is no file.
    func inputEnded() throws(ArchiveRefusal) {
        for (name, target) in hardLinks {
            guard EntryName.isPrintable(target),
                kinds[String(decoding: target, as: UTF8.self)] == .file
            else {
                throw ArchiveRefusal(
                    .link, Array(name.utf8), "is a hard link to something that is no file here")
            }
        }
        var others = PathSet()
        for (name, kind) in kinds where kind != .directory { others.insert(Array(name.utf8)) }
        let beneath = kinds.keys.filter { others.folder(above: Array($0.utf8)) != nil }
        // The same one whatever the order in which they are kept.
        if let name = beneath.min() {
            throw ArchiveRefusal(
                .link, Array(name.utf8),
                "lies beneath a link or a file; only directories hold others")
        }
    }

    /// A target may climb to the archive's root and then name what lies there, as old versions of
    /// `docker save` do (`../ID/layer.tar`). A `..` further on could follow another link out.
    private func judgeTarget(of entry: TarEntry) throws(ArchiveRefusal) {
        let parts = entry.linkName.split(separator: UInt8(ascii: "/"))
        let rest = parts.drop { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
        guard entry.linkName.first != UInt8(ascii: "/"),
            !rest.contains(where: { $0.elementsEqual("..".utf8) }),
            EntryName.resolve(entry.linkName, from: EntryName.parent(of: entry.name)) != nil
        else {
            throw ArchiveRefusal(
                .link, entry.name,
                "is a link that leads out of the archive; link to its own entries")
        }
    }
}
