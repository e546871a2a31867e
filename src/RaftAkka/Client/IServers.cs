using System.Collections.Concurrent;
using Akka.Actor;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <summary>
/// The only door from a client to the servers: an address leads to that server's <c>sessions</c> actor.
/// </summary>
internal interface IServers
{
    /// <summary>Whom to tell. Messages may be lost; nothing is thrown.</summary>
    /// <param name="address">A server's address, <c>host:port</c>.</param>
    ICanTell At(string address);
}

/// <summary>Servers as the embedding program finds them.</summary>
internal sealed class ServersByAddress(Func<string, ICanTell> at) : IServers
{
    public ICanTell At(string address) => at(address);
}

/// <summary>
/// Servers in other actor systems, found by their path: a reference would be bound to one incarnation of the
/// server.
/// </summary>
internal sealed class RemoteServers(ActorSystem system, string serverSystem, GroupName group)
{
    // One map for the client's actor and its status collectors, which may run on different threads.
    private readonly ConcurrentDictionary<string, ICanTell> _byAddress = new();

    public ICanTell At(string address) =>
        _byAddress.GetOrAdd(
            address, at => system.ActorSelection($"akka.tcp://{serverSystem}@{at}/user/{group}/sessions"));
}
