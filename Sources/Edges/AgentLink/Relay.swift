import NIOCore

/// One end of a relay between two channels of one loop: what comes at one goes out at the other, no faster
/// than it is taken there. When one ends, the other does after it has sent what it has.
final class RelayEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var partner: RelayEnd?
    // What came before there was a partner: of one read, since no more is asked for.
    private var early: [ByteBuffer] = []
    private var wantsRead = false
    private var hasEnded = false
    private var lastWrite: EventLoopFuture<Void>?

    /// How long an end that is to close waits until what it has is taken.
    private static let patience = TimeAmount.seconds(10)

    /// Joins two ends; both begin to read.
    static func join(_ one: RelayEnd, _ other: RelayEnd) {
        one.partner = other
        other.partner = one
        one.start()
        other.start()
    }

    /// Passes nothing more: both ends close at once.
    func sever() {
        let partner = self.partner
        self.partner = nil
        partner?.partner = nil
        partner?.context?.channel.close(promise: nil)
        context?.channel.close(promise: nil)
    }

    private func start() {
        for piece in early { partner?.write(piece) }
        if !early.isEmpty { partner?.context?.flush() }
        early = []
        if hasEnded { partner?.finish() } else { context?.read() }
    }

    private func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.write(wrapOutboundOut(bytes), promise: promise)
        lastWrite = promise.futureResult
    }

    private func readMore() {
        guard let partner else { return }
        if partner.context?.channel.isWritable ?? false {
            context?.read()
        } else {
            wantsRead = true
        }
    }

    /// Closes once what was written is sent, or nobody takes it.
    private func finish() {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let last = lastWrite ?? context.eventLoop.makeSucceededVoidFuture()
        let bite = context.eventLoop.scheduleTask(in: Self.patience) {
            bound.value.channel.close(promise: nil)
        }
        last.whenComplete { _ in
            bite.cancel()
            bound.value.close(promise: nil)
        }
    }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let partner { partner.write(bytes) } else { early.append(bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        readMore()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let partner, partner.wantsRead else { return }
        partner.wantsRead = false
        partner.context?.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        hasEnded = true
        let partner = self.partner
        self.partner = nil
        partner?.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
