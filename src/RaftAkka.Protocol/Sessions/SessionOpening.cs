using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RaftAkka.Protocol;

/// <summary>
/// What a log entry of kind <see cref="EntryKind.OpenSession"/> says: a client registers a session, whose id is the entry's
/// index together with the client's token. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 1
///         1  u64  upper half of the token
///         9  u64  lower half of the token
///        17       owner: the host that the client is on, in ASCII, to the entry's end; may be empty
/// </code>
/// </summary>
/// <param name="Token">The client's token.</param>
/// <param name="Owner">
/// The host that the client is on, as the server saw it that took the registration. Sessions are shared out by owner: see
/// <see cref="SessionTable.SessionsMax"/>.
/// </param>
public sealed record SessionOpening(SessionToken Token, string Owner)
{
    /// <summary>The longest owner, in characters: that of a host name.</summary>
    public const int OwnerLengthMax = 253;

    private const byte Version = 1;
    private const int HeaderBytes = 17;

    /// <summary>Encodes it into an array of its exact size. An owner that no host can have counts as none.</summary>
    public byte[] Encode()
    {
        Invariant.Holds(Token != SessionToken.None, "a client draws a token before it registers a session");

        var owner = IsOwner(Owner) ? Owner : "";
        var bytes = new byte[HeaderBytes + owner.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), Token.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(9), Token.Low);
        Encoding.ASCII.GetBytes(owner, bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Reads one. Lengths are checked before use.</summary>
    /// <returns>Whether the bytes were exactly one.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SessionOpening? opening)
    {
        opening = null;
        if (bytes.Length is < HeaderBytes or > HeaderBytes + OwnerLengthMax || bytes[0] != Version) return false;

        var token = new SessionToken(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]));
        var owner = Encoding.Latin1.GetString(bytes[HeaderBytes..]);
        if (token == SessionToken.None || !IsOwner(owner)) return false;

        opening = new SessionOpening(token, owner);
        return true;
    }

    internal static bool IsOwner(string owner) =>
        owner.Length <= OwnerLengthMax && !owner.AsSpan().ContainsAnyExceptInRange('!', '~');
}

/// <summary>
/// What a log entry of kind <see cref="EntryKind.CloseSession"/> says: a client has gone, and its session with it. A copy
/// changes nothing. All numbers are little-endian:
/// <code>
/// offset  0  u8   version of this format, 1
///         1  i64  session
///         9  u64  upper half of the session's token
///        17  u64  lower half of the session's token
/// </code>
/// </summary>
/// <param name="Session">The session.</param>
public sealed record SessionClosing(SessionId Session)
{
    private const byte Version = 1;
    private const int Bytes = 25;

    /// <summary>Encodes it into an array of its exact size.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Bytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Session.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(9), Session.Token.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(17), Session.Token.Low);
        return bytes;
    }

    /// <summary>Reads one.</summary>
    /// <returns>Whether the bytes were exactly one.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SessionClosing? closing)
    {
        closing = null;
        if (bytes.Length != Bytes || bytes[0] != Version) return false;

        var index = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]);
        var token = new SessionToken(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[17..]));
        if (index < 1 || token == SessionToken.None) return false;

        closing = new SessionClosing(new SessionId(index, token));
        return true;
    }
}
