import Dispatch
package import Foundation
import Synchronization

/// Writes recordings into `STATE/recordings`, one file a session, in order and off the event loops.
package final class Recorder: Sendable {
    /// The folder.
    package let folder: URL
    private let queue = DispatchQueue(label: "quaymaster.recordings")
    /// Where it is looked what an operator has taken away: nothing that is written waits for that.
    private let looks = DispatchQueue(label: "quaymaster.recordings.room")
    private let histories = DispatchQueue(label: "quaymaster.shell-history")
    /// How much of the disk is whose.
    package let room: RecordingRoom
    /// True while it is to be counted anew.
    private let isCounting = Atomic(false)
    private let log: @Sendable (String) -> Void

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - state: The state directory.
    ///   - mostOfTenant: The most bytes of one tenant's recordings.
    ///   - log: Takes a sentence for operators.
    package init(
        state: URL, mostOfTenant: Int, log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        folder = state.appendingPathComponent("recordings")
        room = RecordingRoom(mostOfTenant: mostOfTenant)
        self.log = log
        // Before anything is written: until then everybody may begin, and what they write waits.
        queue.async { self.count() }
    }

    /// Waits for the disk.
    private func count() {
        if let problem = room.count(library) { log(problem) }
    }

    /// Whether something more is recorded for a tenant. An operator may have made room since it was
    /// counted: whoever asks again a second later is told by what is there then.
    ///
    /// - Parameter tenant: The tenant; "" for administrators.
    /// - Returns: Why nothing is; nil: it may be.
    package func objection(to tenant: String) -> RecordingFailure? {
        guard let failure = room.objection(to: tenant) else { return nil }
        if !isCounting.exchange(true, ordering: .relaxed) {
            looks.asyncAfter(deadline: .now() + 1) { [self] in
                isCounting.store(false, ordering: .relaxed)
                count()
            }
        }
        return failure
    }

    /// What has been recorded.
    package var library: RecordingLibrary {
        RecordingLibrary(state: folder.deletingLastPathComponent())
    }

    /// True while the disk has room for more than recordings: the record must not stop for them.
    static func hasRoom(_ descriptor: Int32) -> Bool {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return false }
        let blocks = UInt64(status.f_bavail), size = UInt64(status.f_frsize)
        // A tenth of a small disk, as on an appliance or in a test; a gibibyte of a large one.
        let floor = min(UInt64(leastFree), UInt64(status.f_blocks) * size / 10)
        return blocks * size >= floor
    }

    /// Bytes of the disk that recordings leave free.
    private static let leastFree = 1 << 30

    /// Begins a recording.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - tenant: Whose it is; "" for administrators.
    ///   - header: The first line.
    ///   - then: Called off the event loop when that is written, or never will be; not when the file
    ///     cannot be made.
    /// - Returns: The recording; nil when the file cannot be made.
    func begin(
        _ id: String, for tenant: String, _ header: [UInt8], then: (@Sendable () -> Void)? = nil
    ) -> Tape? {
        if mkdir(folder.path, 0o700) != 0, errno != EEXIST { return nil }
        let path = folder.appendingPathComponent(id + ".cast").path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        let tape = Tape(descriptor, Tape.Place(id: id, path: path, tenant: tenant), queue, room)
        tape.write(header, then: then)
        return tape
    }

    /// What an identity typed into a container before, the oldest first, and a place for more.
    func history(of identity: String, in container: String) -> History {
        History(folder: folder.deletingLastPathComponent(), identity, container, histories)
    }
}

/// The lines that an identity has typed into one container, masked, on the gateway's own disk.
struct History: Sendable {
    private let url: URL
    private let queue: DispatchQueue

    /// How many lines are read back, and how many bytes a file has before its older half goes.
    static let most = 500
    private static let mostBytes: off_t = 256 << 10

    fileprivate init(
        folder: URL, _ identity: String, _ container: String, _ queue: DispatchQueue
    ) {
        // Identities' names hold neither a slash nor a dot at their beginning (`IdentityName`).
        url = folder.appendingPathComponent("shell-history").appendingPathComponent(identity)
            .appendingPathComponent(container)
        self.queue = queue
    }

    /// The last lines, the oldest first.
    func lines() -> [String] {
        guard let text = FileManager.default.contents(atPath: url.path) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").suffix(Self.most)
            .map(String.init)
    }

    /// Keeps a line, which is one line of plain text.
    func add(_ line: String) {
        queue.async {
            let files = FileManager.default
            let folder = url.deletingLastPathComponent()
            do {
                try files.createDirectory(
                    at: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                let descriptor = open(
                    url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { return }
                defer { close(descriptor) }
                let bytes = Array((line + "\n").utf8)
                // A history that is lost is a comfort less, and nothing else.
                guard write(descriptor, bytes, bytes.count) == bytes.count,
                    lseek(descriptor, 0, SEEK_END) > Self.mostBytes,
                    let text = files.contents(atPath: url.path)
                else { return }
                try text.suffix(Int(Self.mostBytes) / 2).write(to: url, options: .atomic)
                try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
            } catch {
                return
            }
        }
    }
}
