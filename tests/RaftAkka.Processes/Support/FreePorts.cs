using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Processes.Support;

/// <summary>
/// Ports that nobody listens on. They lie below those that the system gives to outgoing connections, so that nobody
/// gets one by chance while its server is down.
/// </summary>
internal static class FreePorts
{
    private static readonly Random Chance = new();

    public static IReadOnlyList<int> Find(int count)
    {
        var found = new HashSet<int>();
        while (found.Count < count)
        {
            var port = Chance.Next(15_000, 32_000);
            if (IsFree(port)) found.Add(port);
        }
        return [.. found];
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
