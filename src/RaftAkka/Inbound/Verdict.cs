namespace RaftAkka.Inbound;

/// <summary>What happens to a frame that has arrived.</summary>
internal enum Verdict
{
    /// <summary>Akka gets it.</summary>
    Pass,

    /// <summary>Akka gets other bytes in its place: <see cref="InboundGate.Replacement"/>.</summary>
    Replace,

    /// <summary>It is dropped, as it means nothing here; nobody is to blame.</summary>
    Ignore,

    /// <summary>It is dropped, with a warning: <see cref="InboundGate.Reason"/>.</summary>
    Drop,

    /// <summary>It is dropped, and the connection closed, with a warning.</summary>
    Close,
}
