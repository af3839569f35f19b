package import Foundation
import Ledger
package import LedgerTree
package import NIOCore
package import NIOPosix
import Wire

/// A witness that is asked over HTTP (C2SP tlog-witness). It needs no authentication: what it cosigns it
/// believes by the log's signature alone. TLS is the matter of what stands before it.
package final class WitnessServer: Sendable {
    private let folder: URL
    private let logs: [VerifierKey]
    private let threads: NIOThreadPool

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - folder: The witness's folder.
    ///   - logs: The keys of the logs that it cosigns.
    ///   - threads: Where it writes to the disk.
    package init(_ folder: URL, logs: [VerifierKey], threads: NIOThreadPool) {
        self.folder = folder
        self.logs = logs
        self.threads = threads
    }

    /// Listens.
    ///
    /// - Returns: The listening channel.
    /// - Throws: `GatewayError` naming the address.
    package func listen(
        host: String, port: Int, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        try await PlainListener.listen(host: host, port: port, group: group, self)
    }

    private func judge(_ body: [UInt8]) -> WitnessAnswer {
        let request: WitnessRequest
        do throws(NoteFailure) {
            request = try WitnessRequest(parsing: body)
        } catch {
            return WitnessAnswer(error)
        }
        do {
            let origin = request.checkpoint.text.split(separator: "\n").first.map(String.init) ?? ""
            guard let log = logs.first(where: { $0.name.utf8.elementsEqual(origin.utf8) }) else {
                return .unknownLog
            }
            let witness = try Witness(folder)
            let now = UInt64(max(0, Date().timeIntervalSince1970))
            return WitnessAnswer(try witness.cosign(request, of: log, at: now))
        } catch let refusal as WitnessRequest.Refusal {
            return WitnessAnswer(refusal)
        } catch {
            return .failed
        }
    }
}

extension WitnessServer: PlainService {
    /// A proof has at most 63 hashes.
    package var longestBody: Int { 64 << 10 }

    /// Only checkpoints are taken, by POST.
    package func answer(before body: PlainRequest) -> PlainAnswer? {
        guard body.path == "/add-checkpoint" else { return PlainAnswer(.elsewhere) }
        return body.method == .post ? nil : PlainAnswer(.otherMethod)
    }

    /// Judges a checkpoint; the folder is waited for on a thread of its own.
    package func answer(_ request: PlainRequest) async -> PlainAnswer {
        do {
            return PlainAnswer(try await threads.runIfActive { self.judge(request.body) })
        } catch {
            return PlainAnswer(.failed)
        }
    }
}

extension PlainAnswer {
    fileprivate init(_ answer: WitnessAnswer) {
        self.init(answer.status, answer.body, type: answer.type)
    }
}
