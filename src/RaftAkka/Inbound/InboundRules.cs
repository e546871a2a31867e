using System.Net;
using System.Text;
using Akka.Actor;

namespace RaftAkka.Inbound;

/// <summary>What all connections of a transport let in.</summary>
/// <param name="OnlyRaft">Whether only Raft's messages come in; otherwise any that Akka reads.</param>
/// <param name="ChecksOrigin">
/// Whether a caller that says it is a server has to come from the address that it says it has.
/// </param>
/// <param name="Own">This system's own address, with Akka's protocol.</param>
/// <param name="Group">The Raft group whose actors may be reached.</param>
internal sealed record InboundRules(bool OnlyRaft, bool ChecksOrigin, Address Own, string Group)
{
    /// <summary>How paths to this system begin.</summary>
    public byte[] OwnPrefix { get; } = PrefixOf(Own);

    /// <summary>The path of the group's actor, from the root on.</summary>
    public byte[] GroupPath { get; } = Encoding.UTF8.GetBytes($"/user/{Group}");

    /// <summary>The group's name.</summary>
    public byte[] GroupName { get; } = Encoding.UTF8.GetBytes(Group);

    /// <summary>How the paths of actors at an address begin: with all that stands before the first slash.</summary>
    public static byte[] PrefixOf(Address address) => Encoding.UTF8.GetBytes(address.ToString());

    /// <summary>Why a caller cannot have the address that it says it has; null where it can.</summary>
    /// <param name="origin">The address that it says it has.</param>
    /// <param name="from">Where its connection comes from.</param>
    public string? RefusalOf(Address origin, IPAddress from)
    {
        if (origin.Equals(Own)) return $"says that it is this very system, {origin}";

        // Clients may sit behind address translation. A server has the name of this actor system, and what is meant for
        // a server goes to whoever came from its address.
        if (!OnlyRaft || !ChecksOrigin || origin.System != Own.System) return null;
        if (!IPAddress.TryParse(origin.Host, out var claimed) || Plain(claimed).Equals(Plain(from))) return null;

        return $"says that it is the server at {origin}, and its connection comes from {from}. If servers reach each "
            + "other through address translation, set akka.remote.dot-netty.tcp.check-origin = off on all of them";
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
