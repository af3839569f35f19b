import Foundation
import Identity
import NIOCore
import NIOSSL
import NIOTLS

/// Waits for one handshake, and judges whom it was with. Confined to its channel's loop.
///
/// It stays in the channel: in TLS 1.3 the connecting side learns only later that its certificate is not
/// taken (RFC 8446 §4.4.2.4), as an error of what it reads.
final class LinkHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the handshake went: the other side's certificate, or why it is none.
    typealias Verdict = (Result<PeerCertificate, LinkFailure>) -> Void

    private let rule: LinkRule
    private let parting: [UInt8]
    private var verdict: Verdict?
    private var deadline: Scheduled<Void>?

    private static let otherProtocol = "it speaks another protocol than a gateway and an agent do"

    /// The longest that a handshake may take.
    static let patience = TimeAmount.seconds(10)

    /// Begins to wait.
    ///
    /// - Parameters:
    ///   - credentials: By which the other side is judged.
    ///   - parting: What is said to whoever has a certificate of the authority and is not the other side.
    ///   - verdict: Called once; with a problem the channel closes.
    init(_ credentials: LinkCredentials, parting: [UInt8] = [], _ verdict: @escaping Verdict) {
        rule = credentials.rule
        self.parting = parting
        self.verdict = verdict
    }

    /// Ends the waiting, once.
    ///
    /// - Parameter problem: Why the other side is none.
    func end(_ problem: String) { end(.failure(LinkFailure(problem))) }

    private func end(_ result: Result<PeerCertificate, LinkFailure>) {
        deadline?.cancel()
        let verdict = self.verdict
        self.verdict = nil
        verdict?(result)
    }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: Self.patience) {
            guard bound.value.handler.verdict != nil else { return }
            bound.value.handler.end("the handshake takes longer than ten seconds")
            bound.value.context.close(promise: nil)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let spoken) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        if spoken != LinkCredentials.protocolName {
            end(Self.otherProtocol)
            return context.close(promise: nil)
        }
        let result = judged(context)
        end(result)
        if case .failure = result { part(context) }
    }

    private func judged(_ context: ChannelHandlerContext) -> Result<PeerCertificate, LinkFailure> {
        do {
            guard let shown = try shown(context) else {
                return .failure(LinkFailure("it has shown no certificate"))
            }
            let objection = rule.objection(to: shown, at: Date())
            return objection.map { .failure(LinkFailure("its certificate \($0)")) }
                ?? .success(shown)
        } catch {
            return .failure(LinkFailure("its certificate cannot be read: \(error)"))
        }
    }

    private func part(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: parting))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// The certificate that the other side has shown, also when it was not taken; nil when there is none.
    private func shown(_ context: ChannelHandlerContext) throws -> PeerCertificate? {
        let pipeline = context.pipeline.syncOperations
        let certificate =
            switch rule.side {
            case .gateway:
                try pipeline.handler(type: NIOSSLServerHandler.self).peerCertificate
            case .agent: try pipeline.handler(type: NIOSSLClientHandler.self).peerCertificate
            }
        return try certificate.map { try PeerCertificate(der: $0.toDERBytes()) }
    }

    /// Why the handshake has failed: what the rule says is clearer than what TLS does.
    private func reason(_ context: ChannelHandlerContext, _ error: any Error) -> String {
        do {
            let objection = try shown(context).flatMap { rule.objection(to: $0, at: Date()) }
            return objection.map { "its certificate \($0)" } ?? Self.sentence(error)
        } catch {
            return Self.sentence(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("it has left before the handshake was over")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whoever is killed says no farewell; the channel's end tells that.
        if case NIOSSLError.uncleanShutdown = error { return }
        guard verdict == nil else {
            end(reason(context, error))
            return context.close(promise: nil)
        }
        // A machine that is gone without a word; what else breaks off is no matter of TLS.
        if let broken = error as? IOError {
            let isSilent = broken.errnoCode == ETIMEDOUT
            return context.fireErrorCaught(
                isSilent ? LinkFailure("its machine does not answer any more") : error)
        }
        context.fireErrorCaught(LinkFailure(Self.sentence(error)))
    }

    /// What TLS says in words that name a next step. Alerts are the other side's (RFC 8446 §6).
    static func sentence(_ error: any Error) -> String {
        let text = "\(error)"
        let known = [
            ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it has shown no certificate"),
            ("ALERT_CERTIFICATE_REQUIRED", "it asks for a certificate"),
            ("ALERT_CERTIFICATE_EXPIRED", "it says that our certificate has expired"),
            (
                "ALERT_UNKNOWN_CA",
                "it says that our certificate is of an authority that it does not know"
            ),
            ("ALERT_BAD_CERTIFICATE", "it does not take our certificate"),
            ("ALERT_CERTIFICATE_UNKNOWN", "it does not take our certificate"),
            ("ALERT_UNSUPPORTED_CERTIFICATE", "our certificate was not issued for this"),
            (
                "CERTIFICATE_VERIFY_FAILED",
                "its certificate is none of the authority's, or not valid now"
            ),
            ("NO_APPLICATION_PROTOCOL", otherProtocol),
            ("UNSUPPORTED_PROTOCOL", "it does not speak TLS 1.3"),
            ("PROTOCOL_VERSION", "it does not speak TLS 1.3"),
            ("WRONG_VERSION_NUMBER", "it speaks no TLS"), ("HTTP_REQUEST", "it speaks no TLS"),
            ("eofDuringHandshake", "it has left before the handshake was over"),
        ]
        return known.first { text.contains($0.0) }?.1 ?? "TLS fails: \(text)"
    }
}

/// Why the line between a gateway and an agent ended, when TLS is the reason.
package struct LinkFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Part of a sentence.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
