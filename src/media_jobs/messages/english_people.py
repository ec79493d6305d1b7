"""What people who sign in, and managers, are told: English."""

PEOPLE = {
    "bad_request.passkey": "The passkey could not be registered. Begin again.",
    "already_member": "You are a member of this workspace already: sign in.",
    "forbidden.operator_token": "Admin tokens of this workspace are made and revoked by operators.",
    "forbidden.token": "Only a person who has signed in may do this, and this is a token.",
    "invitation_expired": "This invitation has expired. Ask for a new one.",
    "invitation_revoked": "This invitation was withdrawn. Ask for a new one.",
    "invitation_used": "This invitation was used already. Ask for a new one, or sign in.",
    "last_manager": "This is the last manager: make another member a manager first.",
    "no_workspace": "You are in no workspace any more. Ask for an invitation.",
    "not_found.invitation": "There is no open invitation {invitation}.",
    "not_found.invitation_link": "This invitation is unknown. Copy its whole link, or ask again.",
    "not_found.member": "There is no member {member}.",
    "not_found.workspace": "There is no workspace {workspace}.",
    "last_credential": "This is all that you can sign in with: add another passkey first.",
    "not_found.passkey": "You have no passkey {passkey}.",
    "passkey_exists": "This passkey was added before.",
    "too_many_passkeys": "A person has at most {most} passkeys.",
    "unauthorized.passkey": "This passkey was not accepted here. Try again, or use another.",
}
