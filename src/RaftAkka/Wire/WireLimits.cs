namespace RaftAkka.Wire;

/// <summary>
/// What a message may hold. Checked before anything is allocated by a number that came with the message, so
/// that bytes from a stranger cost no more memory than a small multiple of their own length.
/// </summary>
internal static class WireLimits
{
    /// <summary>
    /// The largest message in bytes. Akka's <c>maximum-frame-size</c> in <c>reference.conf</c> (1.25 MiB) is
    /// this and 8 KiB for Akka's envelope: the paths of receiver and sender. The largest entry takes 1.0625
    /// MiB of it.
    /// </summary>
    public const int MessageBytesMax = FrameBytesMax - 8 * 1024;

    /// <summary>The <c>maximum-frame-size</c> that these limits need, in bytes.</summary>
    public const int FrameBytesMax = 1280 * 1024;

    /// <summary>
    /// The largest message in bytes that carries no bulk: no entries, commands, queries or results.
    /// </summary>
    public const int ControlBytesMax = 64 * 1024;

    /// <summary>The longest name: as long as a server id, cluster id or group name may be.</summary>
    public const int NameLengthMax = 64;

    /// <summary>The longest name of a client.</summary>
    public const int ClientNameLengthMax = 128;

    /// <summary>The longest address: a host name of 253 characters, a colon, and a port.</summary>
    public const int AddressLengthMax = 253 + 1 + 5;

    /// <summary>The longest text for a person; the sender cuts it there.</summary>
    public const int TextLengthMax = 2048;

    /// <summary>The most problems in one status; the sender leaves out the rest.</summary>
    public const int ProblemsMax = 16;

    /// <summary>The most servers in one view.</summary>
    public const int MembersMax = 64;

    /// <summary>The most ids of servers that left in one message to a client: 16 KiB of them.</summary>
    public const int RetiredMax = 256;

    /// <summary>The most results in one message: more commands than this do not fit into a batch.</summary>
    public const int ResultsMax = Protocol.RecordCodec.PayloadBytesMax / Protocol.CommandBatch.CommandHeaderBytes;

    /// <summary>
    /// The greatest term, index, or other number that counts up from zero. Nobody gets there by counting; it
    /// keeps a forged number from overflowing where one more is added.
    /// </summary>
    public const long NumberMax = 1L << 60;
}
