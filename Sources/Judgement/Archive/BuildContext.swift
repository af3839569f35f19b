/// What must be known of a build context: its Dockerfile, exactly as the engine will find it.
///
/// The engine unpacks everything and then opens the path, so what counts is what stands there in the
/// end: the last entry of a name wins, and an entry beneath a symbolic link lands elsewhere. Both are
/// refused where they could change what is found.
struct BuildContext: Sendable {
    /// What becomes of an entry.
    enum Fate: Hashable {
        case pass
        case hold
    }

    /// Which file the content that passes belongs to.
    private enum Reading {
        case none
        case main
        case fallback
        case ignore
    }

    private static let reserved = Array(".quaymaster-".utf8)
    private static let defaultName = "Dockerfile"

    private let limits: ArchiveLimits
    private let given: String
    /// The Dockerfile at the path that was given; nil when that leaves the context.
    private var main: WatchedFile?
    /// What engines fall back to when the default is absent. Others may use the name as they like, so
    /// what is wrong with it counts only then.
    private var fallback: WatchedFile?
    private var ignore = WatchedFile(".dockerignore")
    private var reading = Reading.none
    private var links = PathSet()
    private var remembered = 0

    /// Makes the judge of one context.
    init(dockerfile: String, limits: ArchiveLimits) {
        self.limits = limits
        given = dockerfile.isEmpty ? Self.defaultName : dockerfile
        main = EntryName.resolve(Array(given.utf8)).map { WatchedFile(path: $0) }
        if given.utf8.elementsEqual(Self.defaultName.utf8) { fallback = WatchedFile("dockerfile") }
    }

    /// The Dockerfile that the engine will use.
    var dockerfile: FoundFile? { main?.found ?? fallback?.found }

    /// The list of what is no part of the context.
    var dockerignore: FoundFile? { ignore.found }

    /// Judges an entry with a clean name.
    ///
    /// - Throws: `ArchiveRefusal` when it is reserved, lies beneath a link, or makes one of the files
    ///   that count something else than one regular file.
    mutating func begin(_ entry: TarEntry) throws(ArchiveRefusal) -> Fate {
        guard !entry.name.starts(with: Self.reserved) else {
            throw ArchiveRefusal(
                .name, entry.name, "has a name that is reserved; no name may begin .quaymaster-")
        }
        try judgeLinks(entry)
        switch ignore.match(entry, limits) {
        case .other: break
        case .is:
            reading = .ignore
            return .hold
        case .spoils(let refusal): throw refusal
        }
        reading = .none
        switch main?.match(entry, limits) {
        case .other?, nil: break
        case .is?: reading = .main
        case .spoils(let refusal)?: throw refusal
        }
        switch fallback?.match(entry, limits) {
        case .other?, nil: break
        case .is?: reading = .fallback
        case .spoils(let refusal)?: fallback?.refusal = refusal
        }
        return .pass
    }

    /// Takes content of the entry that began last.
    mutating func receive(_ content: ArraySlice<UInt8>) {
        switch reading {
        case .none: break
        case .main: main?.content? += content
        case .fallback: fallback?.content? += content
        case .ignore: ignore.content? += content
        }
    }

    /// Ends the entry that began last.
    mutating func end() {
        reading = .none
    }

    /// Judges what the engine will find.
    ///
    /// - Throws: `ArchiveRefusal` when there is no Dockerfile, or a link leads to it.
    func inputEnded() throws(ArchiveRefusal) {
        guard let main, main.path != ignore.path, !main.path.isEmpty else {
            throw ArchiveRefusal(
                .dockerfile, Array(given.utf8), "can be no Dockerfile; name a file of the context")
        }
        let used = main.content == nil ? fallback ?? main : main
        if let refusal = used.refusal { throw refusal }
        guard used.content != nil else {
            throw ArchiveRefusal(
                .dockerfile, main.path, "is missing; the Dockerfile must be part of the context")
        }
        // A link that came later than the Dockerfile has replaced the folder it was in.
        if let folder = links.folder(above: used.path) {
            throw ArchiveRefusal(
                .link, folder, "is a link that leads to the Dockerfile; use the folder itself")
        }
    }

    private mutating func judgeLinks(_ entry: TarEntry) throws(ArchiveRefusal) {
        if let folder = links.folder(above: entry.name) {
            throw ArchiveRefusal(
                .link, entry.name,
                "lies beneath \(EntryName.shown(folder)), which is a link; name it by the folder "
                    + "that the link leads to")
        }
        switch entry.kind {
        case .hardLink where entry.linkName == ignore.path:
            // It is written last, so the link would lead to nothing.
            throw ArchiveRefusal(
                .link, entry.name, "is a hard link to .dockerignore; send it as a file")
        // A hard link to a symbolic link is another symbolic link.
        case .symbolicLink, .hardLink:
            guard !links.contains(entry.name) else { return }
            remembered += entry.name.count + ArchiveLimits.namePrice
            guard remembered <= limits.rememberedBytes else {
                throw ArchiveRefusal(.size, "has too many links")
            }
            links.insert(entry.name)
        case .file, .directory, .characterDevice, .blockDevice, .pipe: break
        }
    }
}

/// A file that may stand in the archive once, as a regular file, and is read while it passes.
private struct WatchedFile: Sendable {
    /// What an entry is to a watched file.
    enum Match {
        /// Something else.
        case other
        /// The file itself.
        case `is`
        /// Something that must not be.
        case spoils(ArchiveRefusal)
    }

    let path: [UInt8]
    var content: [UInt8]?
    var refusal: ArchiveRefusal?

    init(path: [UInt8]) {
        self.path = path
    }

    init(_ path: String) {
        self.path = Array(path.utf8)
    }

    var found: FoundFile? {
        content.map { FoundFile(name: String(decoding: path, as: UTF8.self), content: $0) }
    }

    /// Compares an entry, and begins to read it when it is the file.
    mutating func match(_ entry: TarEntry, _ limits: ArchiveLimits) -> Match {
        guard entry.name == path else {
            guard EntryName.lies(entry.name, beneath: path), !path.isEmpty else { return .other }
            return spoils(entry, .type, "lies where a file must be")
        }
        guard entry.kind == .file else {
            return spoils(entry, .type, "must be a regular file, not a link or something else")
        }
        guard content == nil else {
            return spoils(
                entry, .twice,
                "stands twice; readers differ in which one counts, so it may stand once")
        }
        guard entry.size <= limits.fileBytes else {
            return spoils(entry, .size, "is larger than \(limits.fileBytes) bytes")
        }
        content = []
        return .is
    }

    private func spoils(
        _ entry: TarEntry, _ rule: ArchiveRefusal.Rule, _ problem: String
    ) -> Match {
        .spoils(ArchiveRefusal(rule, entry.name, problem))
    }
}
