import Foundation
import GuardedShell
import Ledger
import LedgerTree
package import NIOCore
package import NIOPosix
import Wire

/// Health, readiness, metrics and the record's newest checkpoint, on a listener of their own without
/// TLS: loopback, or a network that only monitoring reaches. Nothing here names an object or an identity.
package final class OperationsServer: Sendable {
    private let gateway: Gateway
    private let services: Services

    /// Makes a server for a gateway.
    package init(_ gateway: Gateway, _ services: Services) {
        self.gateway = gateway
        self.services = services
    }

    /// Listens.
    ///
    /// - Returns: The listening channel.
    package func listen(
        host: String, port: Int, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        try await PlainListener.listen(host: host, port: port, group: group, self)
    }

    /// The newest checkpoint that witnesses have signed.
    private var cosigned: SignedNote? {
        do {
            return try LedgerReader(directory: services.ledger.directory).cosigned()
        } catch {
            return nil
        }
    }
}

extension OperationsServer: PlainService {
    /// Bodies are not read.
    package var longestBody: Int { 0 }

    /// Nothing is ever changed here.
    package func answer(before body: PlainRequest) -> PlainAnswer? {
        guard body.method == .get || body.method == .head else {
            return PlainAnswer(405, "only GET is answered here\n")
        }
        return nil
    }

    /// The answer to a path.
    package func answer(_ request: PlainRequest) async -> PlainAnswer {
        switch request.path {
        case "/healthz": return PlainAnswer(200, "ok\n")
        case "/readyz":
            if let problem = await gateway.engineProblem() {
                return PlainAnswer(503, "not ready: \(problem)\n")
            }
            return PlainAnswer(200, "ready\n")
        case "/metrics":
            do {
                let text = Metrics.text(
                    try await gateway.counters(), lostLines: services.ledger.lostLines,
                    unrecorded: services.watch.unrecorded, usage: services.usage.current,
                    recordings: services.recorder.room.sums)
                return PlainAnswer(200, text, type: "text/plain; version=0.0.4; charset=utf-8")
            } catch {
                return PlainAnswer(503, "the gateway stops\n")
            }
        case "/checkpoint":
            guard let note = services.ledger.checkpoint else {
                return PlainAnswer(404, "there is no checkpoint yet\n")
            }
            return PlainAnswer(200, String(decoding: note.bytes, as: UTF8.self))
        case "/cosigned":
            guard let note = cosigned else {
                return PlainAnswer(404, "no witness has cosigned yet\n")
            }
            return PlainAnswer(200, String(decoding: note.bytes, as: UTF8.self))
        default:
            return PlainAnswer(
                404, "here are /healthz, /readyz, /metrics, /checkpoint and /cosigned\n")
        }
    }
}
