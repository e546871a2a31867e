using System.Globalization;

namespace RaftAkka.Protocol;

/// <summary>Addresses of servers, as <c>host:port</c>.</summary>
public static class Addresses
{
    /// <summary>How many characters an address takes at the most: a DNS name, a colon and a port.</summary>
    public const int LengthMax = 253 + 6;

    /// <summary>Whether a text is <c>host:port</c>, the host a name, an IPv4 address or an IPv6 address in brackets.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LengthMax) return false;

        var colon = text.LastIndexOf(':');
        if (colon < 1) return false;

        var (host, port) = (text[..colon], text[(colon + 1)..]);
        var isBracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        var isHost = isBracketed
            ? host[1..^1].All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        return isHost && port.Length <= 5 && port.All(char.IsAsciiDigit)
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535;
    }
}
