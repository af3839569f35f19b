import ArgumentParser
import Crypto
import Dispatch
import Foundation
import Gateway
import Identity
import JSON
import Ledger
import Logging

/// Signals that steer the gateway, as a stream.
struct Signals {
    /// SIGTERM and SIGINT stop, SIGHUP reloads.
    let stream: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }
}

/// The keys of a state directory.
enum StateKey: String {
    /// The key of requests' digests.
    case digest = "digest.key"
    /// The key of seals.
    case seal = "seal.key"

    /// Reads the key of a state directory, or makes it.
    func load(_ state: URL) throws -> SymmetricKey {
        let file = state.appendingPathComponent(rawValue)
        if !FileManager.default.fileExists(atPath: file.path) {
            let key = SymmetricKey(size: .bits256).withUnsafeBytes {
                Data($0).base64EncodedString()
            }
            try DurableFile.create(file, key, mode: 0o600)
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let data = Data(base64Encoded: text), data.count == 32 else {
            throw CommandError("\(file.path) holds no key of 32 bytes")
        }
        return SymmetricKey(data: data)
    }
}

/// The number of files that the process may open.
enum OpenFiles {
    /// Raises the limit as far as the system lets it.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Tells the service manager how it goes (sd_notify(3)).
enum Notify {
    /// Sends a message when a service manager listens.
    static func send(_ message: String) {
        guard var path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"], !path.isEmpty else {
            return
        }
        // An abstract socket is written with an at sign and begins with a zero byte.
        if path.first == "@" { path = "\0" + path.dropFirst() }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let data = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, data, data.count, 0, $0, length)
            }
        }
    }
}

/// A log of one line an event on standard error.
struct LineLog: LogHandler {
    let format: OutputFormat
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(format: OutputFormat) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var time: [UInt8] = []
        Timestamp.append(Timestamp.now(), to: &time)
        let stamp = String(decoding: time, as: UTF8.self)
        let pairs = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        switch format {
        case .text:
            let fields = pairs.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
            Output.error("\(stamp) \(event.level) \(event.message)\(fields)")
        case .json:
            var object = JSONObject([
                ("time", .string(stamp)), ("level", .string(event.level.rawValue)),
                ("message", .string("\(event.message)")),
            ])
            for (key, value) in pairs { object[key] = .string("\(value)") }
            Output.error(JSONWriter.text(.object(object)))
        }
    }

    private static func quoted(_ text: String) -> String {
        text.contains(" ") || text.contains("\"") ? JSONWriter.text(.string(text)) : text
    }
}

/// Paths of the host that hold sockets and state of engines, wherever theirs is configured to be.
enum ProtectedPaths {
    static let usual = [
        "/run/docker.sock", "/run/docker", "/run/containerd", "/run/crio", "/run/podman",
        "/var/lib/docker", "/var/lib/containerd", "/run/quaymaster", "/etc/docker",
        "/etc/quaymaster", "/var/lib/quaymaster",
    ]
}
