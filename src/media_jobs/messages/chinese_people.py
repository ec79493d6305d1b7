"""What people who sign in, and managers, are told: Chinese."""

PEOPLE = {
    "bad_request.passkey": "无法注册此通行密钥。请重新开始。",
    "already_member": "您已是此工作区的成员：请登录。",
    "forbidden.operator_token": "此工作区的管理员令牌属于运维人员，只有他们可以创建或吊销。",
    "forbidden.token": "只有已登录的人员可以这样做，令牌不行。",
    "invitation_expired": "此邀请已过期。请索取新的邀请。",
    "invitation_revoked": "此邀请已被撤回。请索取新的邀请。",
    "invitation_used": "此邀请已被使用。请索取新的邀请，或直接登录。",
    "last_manager": "这是最后一位管理者：请先让另一位成员成为管理者。",
    "no_workspace": "您已不属于任何工作区。请索取邀请。",
    "not_found.invitation": "没有有效的邀请 {invitation}。",
    "not_found.invitation_link": "未知的邀请。请完整复制链接，或索取新的邀请。",
    "not_found.member": "没有成员 {member}。",
    "not_found.workspace": "没有工作区 {workspace}。",
    "last_credential": "这是您唯一的登录方式：请先添加另一个通行密钥。",
    "not_found.passkey": "您没有通行密钥 {passkey}。",
    "passkey_exists": "此通行密钥已添加过。",
    "too_many_passkeys": "每人最多 {most} 个通行密钥。",
    "unauthorized.passkey": "此通行密钥未被接受。请重试，或换一个。",
}
