import ArgumentParser
import Foundation
import Gateway
import JSON
import LedgerTree
import NIOCore
import NIOPosix

extension LedgerCommand.WitnessCommand {
    /// `quaymaster ledger witness serve`
    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cosigns what is sent over HTTP (C2SP tlog-witness, POST /add-checkpoint).",
            discussion: """
                It is asked without authentication, and cosigns by the logs' signatures alone. TLS is \
                what stands before it gives. From the record's machine:
                  quaymaster ledger request | curl -sf --data-binary @- https://WITNESS/add-checkpoint |
                    quaymaster ledger accept --witness KEY
                """)

        @Argument(help: "The witness's directory.")
        var directory: String

        @Option(help: ArgumentHelp("A record's key; may be said several times.", valueName: "key"))
        var log: [String]

        @Option(help: "Where it listens: an address and a port.")
        var listen = "127.0.0.1:9277"

        @OptionGroup var output: FormatOption

        func run() async throws {
            let keys = try log.map { try LedgerText.key($0, .ed25519) }
            guard !keys.isEmpty else {
                throw CommandError("no record is named", hint: "--log KEY", code: 2)
            }
            let parts = listen.split(separator: ":")
            guard parts.count == 2, let port = Int(parts[1]), (0...65535).contains(port) else {
                throw CommandError(
                    "\"\(listen)\" is no address", hint: "for example 127.0.0.1:9277", code: 2)
            }
            signal(SIGPIPE, SIG_IGN)
            let threads = NIOThreadPool(numberOfThreads: 1)
            threads.start()
            let server = WitnessServer(
                URL(fileURLWithPath: directory), logs: keys, threads: threads)
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let channel = try await server.listen(
                host: String(parts[0]), port: port, group: group)
            let address = "http://\(parts[0]):\(channel.localAddress?.port ?? port)"
            if output.format == .json {
                Output.json([("listening", .string(address))])
            } else {
                print("listening on \(address)")
            }
            fflush(nil)
            try await channel.closeFuture.get()
        }
    }
}
