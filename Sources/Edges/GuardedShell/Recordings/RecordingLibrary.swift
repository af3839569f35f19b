package import Acts
package import Foundation

/// Reads the recordings in `STATE/recordings`. It waits for the disk: never on an event loop.
package struct RecordingLibrary: Sendable {
    /// The folder.
    private let folder: URL

    /// The most hits of a search, and the most recordings of a list: the newest.
    package static let mostHits = 1000
    package static let mostListed = 1000
    /// The most bytes of a first line (`Cast.header`: some texts of 1,500 bytes).
    private static let mostHeader = 256 << 10
    /// The most bytes of the end that is looked at for its last event.
    private static let mostEnd = 16 << 10
    /// The most bytes that one search reads.
    private static let mostSearched: Int64 = 512 << 20
    /// How many bytes are read at a time.
    private static let piece = 256 << 10

    /// Looks into a state directory.
    package init(state: URL) {
        folder = state.appendingPathComponent("recordings")
    }

    /// The recordings that are wanted and may be seen, the newest first.
    ///
    /// - Parameters:
    ///   - wish: Which.
    ///   - mayBeSeen: Whether whoever asks may know of one.
    /// - Returns: At most `mostListed` of them.
    /// - Throws: When the folder cannot be read.
    package func list(
        _ wish: RecordingWish, where mayBeSeen: (Recording) -> Bool
    ) throws -> [Recording] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var found: [Recording] = []
        // Ids are sortable by time.
        for name in names.filter({ $0.hasSuffix(".cast") }).sorted(by: >) {
            guard let recording = find(String(name.dropLast(5))), recording.fits(wish),
                mayBeSeen(recording)
            else { continue }
            found.append(recording)
            if found.count == Self.mostListed { break }
        }
        return found
    }

    /// The bytes of each file that may be a recording, by its id.
    ///
    /// - Throws: When the folder cannot be read.
    func sizes() throws -> [String: Int] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [:] }
        var sizes: [String: Int] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".cast") {
            var status = stat()
            guard lstat(folder.appendingPathComponent(name).path, &status) == 0 else {
                // One that has just been taken away takes no room.
                if errno == ENOENT { continue }
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
            sizes[String(name.dropLast(5))] = Int(status.st_size)
        }
        return sizes
    }

    /// A recording by its session's id; nil when there is none that can be read.
    package func find(_ id: String) -> Recording? {
        guard let handle = open(id) else { return nil }
        defer { Self.close(handle) }
        do {
            let head = try handle.read(upToCount: Self.mostHeader) ?? Data()
            guard let end = head.firstIndex(of: 0x0A) else { return nil }
            let size = try handle.seekToEnd()
            try handle.seek(toOffset: size - min(size, UInt64(Self.mostEnd)))
            // Without what is being written: it has no end yet.
            let tail = (try handle.readToEnd() ?? Data()).split(
                separator: 0x0A, omittingEmptySubsequences: false)
            let last = tail.dropLast().last.flatMap { CastEvent($0) }
            return Recording(
                id: id, header: Array(head[..<end]), last: last, size: Int64(clamping: size))
        } catch {
            return nil
        }
    }

    /// Where a text stands in the recordings that are wanted and may be seen, the newest first.
    ///
    /// - Parameters:
    ///   - wish: Which, and the text.
    ///   - mayBeSeen: Whether whoever asks may know of one.
    /// - Returns: At most `mostHits` places.
    /// - Throws: When something cannot be read.
    package func search(
        _ wish: RecordingWish, where mayBeSeen: (Recording) -> Bool
    ) throws -> [RecordingHit] {
        let wanted = (wish.text ?? "").lowercased()
        var hits: [RecordingHit] = []
        var left = Self.mostSearched
        for recording in try list(wish, where: mayBeSeen) {
            // The newest ones, as far as that goes.
            left -= recording.size
            if left < 0 { break }
            var line: Int64 = 0
            func note(_ text: some StringProtocol, isTyped: Bool) {
                guard hits.count < Self.mostHits, text.lowercased().contains(wanted) else { return }
                hits.append(
                    RecordingHit(
                        recording: recording, line: line, isTyped: isTyped,
                        text: String(text.prefix(400))))
            }
            try events(of: recording.id) { event in
                if let typed = event.line {
                    line = typed.number
                    note(typed.words.joined(separator: " "), isTyped: true)
                } else if ["o", "i"].contains(event.code) {
                    for text in event.data.split(separator: "\n") {
                        note(text, isTyped: event.code == "i")
                    }
                }
                return hits.count < Self.mostHits
            }
            if hits.count == Self.mostHits { break }
        }
        return hits
    }

    /// Reads the events of a recording, one after the other.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - body: Takes an event; false to read no more.
    /// - Throws: When it cannot be read, and what `body` throws.
    package func events(of id: String, _ body: (CastEvent) throws -> Bool) throws {
        var lines = CastLines()
        try pieces(of: id) { piece in
            for event in lines.receive(piece) {
                guard try body(event) else { return false }
            }
            return true
        }
    }

    /// Reads a recording as it stands on the disk, piece by piece.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - body: Takes a piece; false to read no more.
    /// - Throws: When it cannot be read, and what `body` throws.
    package func pieces(of id: String, _ body: (Data) throws -> Bool) throws {
        guard let handle = open(id) else { return }
        defer { Self.close(handle) }
        while let piece = try handle.read(upToCount: Self.piece), !piece.isEmpty {
            guard try body(piece) else { return }
        }
    }

    /// Reads a piece of a recording.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - offset: Where it begins.
    /// - Returns: The bytes; none behind the end.
    /// - Throws: When it cannot be read.
    package func piece(of id: String, from offset: UInt64) throws -> [UInt8] {
        guard let handle = open(id) else { return [] }
        defer { Self.close(handle) }
        try handle.seek(toOffset: offset)
        return Array(try handle.read(upToCount: Self.piece) ?? Data())
    }

    /// The file of a session; nil for what no session is called.
    private func open(_ id: String) -> FileHandle? {
        guard (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 })
        else { return nil }
        let path = folder.appendingPathComponent(id + ".cast").path
        let descriptor = Foundation.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func close(_ handle: FileHandle) {
        do {
            try handle.close()
        } catch {
            // It was read; nothing is lost.
        }
    }
}
