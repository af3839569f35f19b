import Foundation
import JSON
import NIOCore
import NIOPosix
import NIOSSL

/// Syslog messages (RFC 5424) in octet-counted frames over TCP (RFC 6587 §3.4.1) or TLS (RFC 5425).
struct SyslogReceiver: LedgerReceiver {
    private let channel: any Channel
    private let descriptor: Int32
    private let host: String

    /// Connects to `tcp://HOST:PORT` or `tls://HOST:PORT`.
    static func connect(_ address: String, ca: String?) async throws -> SyslogReceiver {
        guard let url = URLComponents(string: address), let name = url.host, let port = url.port,
            url.scheme == "tcp" || url.scheme == "tls", url.path.isEmpty
        else {
            throw CommandError(
                "\"\(address)\" is no receiver's address",
                hint: "tls://HOST:PORT or tcp://HOST:PORT",
                code: 2)
        }
        let context = url.scheme == "tls" ? try Self.context(ca) : nil
        let file = try socket(to: name, port)
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let context else { return }
                        let isAddress = name.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" }
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(
                                context: context, serverHostname: isAddress ? nil : name))
                    }
                }
                .withConnectedSocket(file).get()
            return SyslogReceiver(
                channel: channel, descriptor: file, host: ProcessInfo.processInfo.hostName)
        } catch {
            throw CommandError("cannot reach \(address): \(error)")
        }
    }

    private static func context(_ ca: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let ca { configuration.trustRoots = .file(ca) }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func socket(to host: String, _ port: Int) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw CommandError("the name \(host) is not known")
        }
        defer { freeaddrinfo(list) }
        var next = list
        while let info = next?.pointee {
            let file = Foundation.socket(
                info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            if file >= 0, Foundation.connect(file, info.ai_addr, info.ai_addrlen) == 0 {
                return file
            }
            if file >= 0 { close(file) }
            next = info.ai_next
        }
        throw CommandError(
            "nobody listens on \(host):\(port): \(String(cString: strerror(errno)))")
    }

    func take(_ lines: [[UInt8]]) async throws {
        var buffer = ByteBuffer()
        for line in lines {
            let message = Self.message(line, host: host)
            buffer.writeString("\(message.count) ")
            buffer.writeBytes(message)
        }
        do {
            try await channel.writeAndFlush(buffer)
            try await awaitAcknowledgement()
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("the receiver has gone: \(error)")
        }
    }

    /// What is written is in our system's buffers; it counts when none of it is left there.
    private func awaitAcknowledgement() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            guard channel.isActive else { throw CommandError("the receiver has gone") }
            var waiting: Int32 = 0
            // SIOCOUTQ: bytes that were not acknowledged yet (tcp(7)).
            guard ioctl(descriptor, UInt(TIOCOUTQ), &waiting) == 0 else {
                throw CommandError("the receiver has gone")
            }
            if waiting == 0 { return }
            guard ContinuousClock.now < end else {
                throw CommandError("the receiver takes nothing any more")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func finish() async {
        do {
            try await channel.close()
        } catch {
            // All that was taken was acknowledged; receivers often close without a word.
        }
    }

    /// The message of an entry: its time, what it is, and the whole line as it stands in the record.
    static func message(_ line: [UInt8], host: String) -> [UInt8] {
        let entry = try? JSONReader.value(of: line)
        let phase = entry?["phase"]?.string ?? "-"
        // Facility 13, log audit; warning for what was refused, else informational.
        let priority = 13 * 8 + (phase == "refused" ? 4 : 6)
        let time = entry?["time"]?.string ?? "-"
        let name = host.isEmpty ? "-" : host
        return Array("<\(priority)>1 \(time) \(name) quaymaster - \(phase) - ".utf8) + line
    }
}
