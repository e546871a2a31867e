using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace RaftAkka.Tool.Up;

/// <summary>Ports of this machine that nobody listens on.</summary>
internal static class FreePorts
{
    // Below the range that systems take the ports of outgoing connections from (32768 on Linux, 49152 elsewhere):
    // while a killed node is down, nobody gets its port by chance.
    private const int First = 15_000;
    private const int Last = 32_000;

    /// <summary>Finds ports that are free at this moment, each a different one.</summary>
    public static IReadOnlyList<int> Find(int count)
    {
        var found = new HashSet<int>();
        for (var tries = 0; found.Count < count; tries++)
        {
            if (tries == 10_000)
                throw Cli.ToolException.Failed($"No {count} free ports were found from {First} to {Last}.");

            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (IsFree(port)) found.Add(port);
        }
        return [.. found];
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
